import { createAsker } from "#store/clickhouse/ask.ts";
import { countDuplicates } from "#store/clickhouse/queries/count-duplicates.ts";
import { duplicatesWindow } from "./metrics.ts";
import { type StoreWatch, watchStore } from "./watch-store.ts";

/**
 * Tells, until `signal` aborts, how many events their producers sent again. The store is asked, for it alone can tell these
 * from chunks that were delivered again, and knows of them after a restart.
 */
export async function watchDuplicates({ topic, client, metrics, log }: StoreWatch, signal: AbortSignal): Promise<void> {
  const { duplicates } = metrics;
  const tell = async () => {
    const toMs = Date.now();
    const { count } = await countDuplicates(createAsker(client), { fromMs: toMs - duplicatesWindow.ms, toMs });
    duplicates.set({ window: duplicatesWindow.name }, count);
  };
  const what = "how many events were sent again";
  await watchStore({ topic, metrics, log, tell, forget: () => duplicates.reset(), what }, signal);
}
