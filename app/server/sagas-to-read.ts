import type { Sql } from "#lib/sql.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { listLagMs } from "#store/clickhouse/queries/list-lag.ts";
import { listAlone, listedSagas } from "#store/clickhouse/queries/listed-sagas.ts";
import { perProcess } from "./per-process.ts";
import { store } from "./store.ts";

/** A list that is further behind is not read alone: its keeper is dead or has much to do, and is not only busy. */
const mostLagMs = 5000;
const lookAgainMs = 500;
/** What was seen longer ago says nothing of now. */
const believedMs = 1500;

interface Seen {
  readonly atMs: number;
  readonly lagMs: Promise<number>;
}

/**
 * What an answer reads sagas from: the list alone, which costs a third and is usually half a second old, seconds where the
 * store is busy; where its keeper is behind, the list and what has changed since, which is as new as the store.
 */
export async function sagasToRead(): Promise<Sql> {
  const shared = perProcess("list-lag", (): { seen?: Seen } => ({}));
  const nowMs = performance.now();
  const before = shared.seen;
  if (!before || nowMs - before.atMs > lookAgainMs) {
    // Where the store cannot say, it cannot answer either.
    shared.seen = { atMs: nowMs, lagMs: listLagMs(createAsker(store())).catch(() => mostLagMs) };
  }
  const believed = before && nowMs - before.atMs < believedMs ? before : shared.seen;
  return ((await believed?.lagMs) ?? mostLagMs) < mostLagMs ? listAlone : listedSagas;
}
