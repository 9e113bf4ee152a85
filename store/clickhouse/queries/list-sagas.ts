import type { SagaSummary } from "#contracts/api/saga.ts";
import { and, type Hole, int64, moment, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { durationMs, type Lateness } from "./saga-expressions.ts";
import { facetClauses, otherClauses, type SagaFilter } from "./saga-filter.ts";
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

/** One page of the sagas that match, at most `limit` rows, after `cursor` in this order. */
export async function listSagas(
  asker: Asker,
  filter: SagaFilter,
  { order, cursor, limit, late }: { order: SagaOrder; cursor: SagaCursor | undefined; limit: number; late: Lateness },
): Promise<SagaSummary[]> {
  const clauses = [otherClauses(filter), ...Object.values(facetClauses(filter, late))];
  if (cursor) clauses.push(after(cursor, order));
  const query = sql`SELECT ${sagaColumns(late)} FROM sagas FINAL WHERE ${and(clauses)}
    ORDER BY ${orderBy(order)} LIMIT ${uint32(limit)}`;
  return await asker.ask(query, SagaRow);
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

function after({ valueMs, startedMs, id }: SagaCursor, { by, direction }: SagaOrder): Sql {
  const value: Hole = by === "duration" ? int64(valueMs) : moment(valueMs);
  const here = sql`(${sortValue[by]}, started, saga_id)`;
  const there = sql`(${value}, ${moment(startedMs)}, ${string(id)})`;
  return direction === "asc" ? sql`${here} > ${there}` : sql`${here} < ${there}`;
}
