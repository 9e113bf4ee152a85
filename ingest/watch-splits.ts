import { createAsker } from "#store/clickhouse/ask.ts";
import { countSplitSagas } from "#store/clickhouse/count-split-sagas.ts";
import { splitsWindow } from "./metrics.ts";
import { type StoreWatch, watchStore } from "./watch-store.ts";

/**
 * Tells, until `signal` aborts, how many sagas fell apart, since their events say different starts. The store is asked,
 * for a chunk's events may differ from those of another.
 */
export async function watchSplits({ topic, client, metrics, log }: StoreWatch, signal: AbortSignal): Promise<void> {
  const { splits } = metrics;
  const tell = async () => {
    const count = await countSplitSagas(createAsker(client), Date.now() - splitsWindow.ms);
    splits.set({ window: splitsWindow.name }, count);
  };
  await watchStore(
    { topic, metrics, log, tell, forget: () => splits.reset(), what: "how many sagas fell apart" },
    signal,
  );
}
