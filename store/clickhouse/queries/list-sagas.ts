import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { and, type Hole, int64, moment, moments, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { durationMs, type Lateness } from "./saga-expressions.ts";
import { facetClauses, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";

export const sortFields = ["started", "duration", "lastEvent"] as const;

export interface SagaOrder {
  readonly by: (typeof sortFields)[number];
  readonly direction: "asc" | "desc";
}

/** Where a page ended: the sorted value in ms, and what tells its row from others with the same value. */
export interface SagaCursor {
  readonly valueMs: number;
  readonly startedMs: number;
  readonly id: string;
}

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
      sql`SELECT toUnixTimestamp64Milli(started) AS ms FROM ${rowsOf(asker, filter)}
        WHERE ${and(cursor ? [...where, reached(cursor, order)] : where)}
        ORDER BY ${headOf(order)} LIMIT ${uint32(looked)} WITH TIES`,
      z.object({ ms: Count }),
    );
  const near = nearEnd(filter, order, cursor);
  for (let looked = limit + 1; ; looked *= 4) {
    const close = near ? await heads([near, ...clauses], looked) : [];
    const starts = close.length >= looked ? close : await heads(clauses, looked);
    if (starts.length === 0) return [];
    const on = sql`started IN ${moments([...new Set(starts.map(({ ms }) => ms))])}`;
    const rows = await asker.ask(
      sql`SELECT ${sagaColumns(late)} FROM ${rowsOf(asker, filter)}
        WHERE ${and([on, ...clauses, ...(cursor ? [after(cursor, order)] : [])])}
        ORDER BY ${orderBy(order)} LIMIT 1 BY saga_id LIMIT ${uint32(limit)}`,
      SagaRow,
    );
    if (rows.length >= limit || starts.length < looked) return rows;
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

const sortValue: Record<SagaOrder["by"], Sql> = {
  started: sql`started`,
  duration: durationMs,
  lastEvent: sql`last_event_at`,
};

function orderBy({ by, direction }: SagaOrder): Sql {
  const value = sortValue[by];
  if (direction === "asc") return sql`${value} ASC, started ASC, saga_id ASC`;
  return sql`${value} DESC, started DESC, saga_id DESC`;
}

/** The order by all but the id. */
function headOf({ by, direction }: SagaOrder): Sql {
  if (by === "started") return direction === "asc" ? sql`started ASC` : sql`started DESC`;
  return direction === "asc" ? sql`${sortValue[by]} ASC, started ASC` : sql`${sortValue[by]} DESC, started DESC`;
}

/** What lies at the cursor or after it, by all but the id. */
function reached({ valueMs, startedMs }: SagaCursor, { by, direction }: SagaOrder): Sql {
  const here = by === "started" ? sql`started` : sql`(${sortValue[by]}, started)`;
  const there = by === "started" ? sql`${moment(startedMs)}` : sql`(${valueHole(valueMs, by)}, ${moment(startedMs)})`;
  return direction === "asc" ? sql`${here} >= ${there}` : sql`${here} <= ${there}`;
}

const valueHole = (valueMs: number, by: SagaOrder["by"]): Hole =>
  by === "duration" ? int64(valueMs) : moment(valueMs);

function after({ valueMs, startedMs, id }: SagaCursor, { by, direction }: SagaOrder): Sql {
  const here = sql`(${sortValue[by]}, started, saga_id)`;
  const there = sql`(${valueHole(valueMs, by)}, ${moment(startedMs)}, ${string(id)})`;
  return direction === "asc" ? sql`${here} > ${there}` : sql`${here} < ${there}`;
}
