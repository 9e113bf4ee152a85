import type { Sql } from "#lib/sql.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { listLagMs } from "#store/clickhouse/queries/list-lag.ts";
import { listAlone, listedSagas } from "#store/clickhouse/queries/listed-sagas.ts";
import { isListBehind, waitsMs } from "#store/clickhouse/shown-within.ts";
import { recently } from "./recently.ts";
import { store } from "./store.ts";

/** A list that is further behind is not read alone: its keeper is dead or has much to do, and is not only busy. */
const mostLagMs = waitsMs.list;
/** What was seen longer ago says nothing of now. */
const believedMs = waitsMs.lag;

/**
 * What an answer reads sagas from: the list alone, which costs a third and is usually half a second old, seconds where the
 * store is busy; where its keeper is behind, the list and what has changed since, which is as new as the store.
 */
export async function sagasToRead(): Promise<Sql> {
  // Where the store cannot say, it cannot answer either.
  const lagMs = await recently("list lag", believedMs, () => listLagMs(createAsker(store())).catch(() => mostLagMs));
  isBehind = isListBehind(lagMs, isBehind);
  return isBehind ? listedSagas : listAlone;
}

let isBehind = false;
