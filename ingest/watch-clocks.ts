import { createAsker } from "#store/clickhouse/ask.ts";
import { countMisdated } from "#store/clickhouse/queries/count-misdated.ts";
import { misdatedWindow } from "./metrics.ts";
import { type StoreWatch, watchStore } from "./watch-store.ts";

/**
 * Tells, until `signal` aborts, how many events are dated as no right clock dates them. The store is asked, which
 * knows what all workers stored.
 */
export async function watchClocks({ topic, client, metrics, log }: StoreWatch, signal: AbortSignal): Promise<void> {
  const { misdated } = metrics;
  const tell = async () => {
    const found = await countMisdated(createAsker(client), Date.now() - misdatedWindow.ms);
    for (const direction of ["ahead", "behind"] as const)
      misdated.set({ direction, window: misdatedWindow.name }, found[direction]);
  };
  const what = "how many events are dated ahead or behind";
  await watchStore({ topic, metrics, log, tell, forget: () => misdated.reset(), what }, signal);
}
