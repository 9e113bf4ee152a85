import type { SagaSummary } from "#contracts/api/saga.ts";
import { and, moment, moments, type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import type { Lateness } from "./saga-expressions.ts";
import { facetClauses, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import {
  after,
  Head,
  headColumns,
  headOf,
  orderBy,
  reached,
  type SagaCursor,
  type SagaOrder,
  upTo,
} from "./saga-order.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";

/**
 * One page of the sagas that match, at most `limit` rows, after `cursor` in this order. It is found by what it is sorted by and
 * by the start alone, which are short to read; only the rows of the page are read whole. Many sagas of one value and start at
 * a cursor may hide the page: then more are looked at.
 */
export async function listSagas(
  asker: Asker,
  filter: SagaFilter,
  { order, cursor, limit, late }: { order: SagaOrder; cursor: SagaCursor | undefined; limit: number; late: Lateness },
): Promise<SagaSummary[]> {
  const clauses = [otherClauses(filter, late), ...Object.values(facetClauses(filter, late))];
  const heads = async (where: readonly Sql[], looked: number) =>
    await asker.ask(
      sql`SELECT ${headColumns(order)} FROM ${rowsOf(asker, filter)}
        WHERE ${and(cursor ? [...where, reached(cursor, order)] : where)}
        ORDER BY ${headOf(order)} LIMIT ${uint32(looked)} WITH TIES`,
      Head,
    );
  const near = nearEnd(filter, order, cursor);
  for (let looked = limit + 1; ; looked *= 4) {
    const close = near ? await heads([near, ...clauses], looked) : [];
    const found = close.length >= looked ? close : await heads(clauses, looked);
    const last = found.at(-1);
    if (!last) return [];
    // Other sagas of the same starts may lie further behind: what lies between is not among these.
    const on = sql`started IN ${moments([...new Set(found.map(({ startedMs }) => startedMs))])} AND ${upTo(last, order)}`;
    const rows = await asker.ask(
      sql`SELECT ${sagaColumns(late)} FROM ${rowsOf(asker, filter)}
        WHERE ${and([on, ...clauses, ...(cursor ? [after(cursor, order)] : [])])}
        ORDER BY ${orderBy(order)} LIMIT 1 BY saga_id LIMIT ${uint32(limit)}`,
      SagaRow,
    );
    if (rows.length >= limit || found.length < looked) return rows;
  }
}

/** How much of the window is looked through first. */
const nearShare = 1 / 30;

/**
 * The end of the window at which the page begins: it lies there unless few sagas match, and most of the window is never read.
 * Undefined where an index finds what is asked for wherever it lies, or it is sorted by what has none.
 */
function nearEnd(filter: SagaFilter, { by, direction }: SagaOrder, cursor: SagaCursor | undefined): Sql | undefined {
  const { window, labels, fingerprints, text } = filter;
  if (by !== "started" || filter.moment !== "started" || labels.length + fingerprints.length > 0 || text)
    return undefined;
  const nearMs = (window.toMs - window.fromMs) * nearShare;
  if (direction === "asc")
    return sql`started < ${moment(Math.max(window.fromMs, cursor?.startedMs ?? window.fromMs) + nearMs)}`;
  return sql`started >= ${moment(Math.min(window.toMs, cursor?.startedMs ?? window.toMs) - nearMs)}`;
}
