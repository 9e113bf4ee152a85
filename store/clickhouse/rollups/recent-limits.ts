import { Limits } from "#sagas/outlook/limits.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { learnedLimits } from "#store/clickhouse/queries/learned-limits.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import { slotMs, slotOf } from "./slot.ts";

const learnedFromMs = 7 * 86_400_000;
const forMs = 60_000;

/** The sagas that others are measured by: those of the last while, but for the newest slots, of which only the quickest have got anywhere. */
export function peersWindow(nowMs: number, whileMs: number): TimeWindow {
  return { fromMs: slotOf(nowMs - whileMs), toMs: slotOf(nowMs - slotMs) };
}

/**
 * The learned limits, read once in a minute. Nothing waits for them but the first answer of a process: later ones have
 * those that were read last, also where the store cannot tell them now.
 */
export function createRecentLimits(client: StoreClient, now: () => number = Date.now): () => Promise<Limits> {
  let known = Promise.resolve(Limits.none);
  let reading: Promise<void> | undefined;
  let readMs: number | undefined;

  async function read(): Promise<void> {
    const isFirst = readMs === undefined;
    readMs = now();
    const limits = learnedLimits(createAsker(client, { maxSeconds: 5 }), peersWindow(readMs, learnedFromMs)).then(
      (found) => new Limits(found),
    );
    const last = known;
    if (isFirst) known = limits.catch(() => last);
    await limits.then(
      (found) => {
        known = Promise.resolve(found);
      },
      () => undefined,
    );
    reading = undefined;
  }

  return async () => {
    if (reading === undefined && (readMs === undefined || now() - readMs >= forMs)) reading = read();
    return await known;
  };
}
