import { createAsker } from "#store/clickhouse/ask.ts";
import { countLost } from "#store/clickhouse/queries/count-lost.ts";
import { lostWindow } from "./metrics.ts";
import { type StoreWatch, watchStore } from "./watch-store.ts";

type Needs = StoreWatch & {
  /** Of each of these is told, also that nothing was lost. */
  readonly topics: Readonly<Record<string, unknown>>;
};

/**
 * Tells, until `signal` aborts, what was lost within the last day. The store is asked: most gaps are found as a worker
 * starts, when a counter of its own has no past to be held against, and they stay when it is gone.
 */
export async function watchLost({ topic, topics, client, metrics, log }: Needs, signal: AbortSignal): Promise<void> {
  const { gaps, remade } = metrics;
  const window = lostWindow.name;
  const forget = () => {
    gaps.reset();
    remade.reset();
  };
  const tell = async () => {
    const found = await countLost(createAsker(client), Date.now() - lostWindow.ms);
    forget();
    const nothing = Object.keys(topics).map((each) => ({ topic: each, messages: 0, partitions: 0 }));
    for (const { topic: of, messages, partitions } of [...nothing, ...found]) {
      gaps.set({ topic: of, window }, messages);
      remade.set({ topic: of, window }, partitions);
    }
  };
  await watchStore({ topic, metrics, log, tell, forget, what: "what was lost" }, signal);
}
