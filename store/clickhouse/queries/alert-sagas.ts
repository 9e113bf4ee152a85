import { z } from "zod";
import type { AlertRuleInput } from "#contracts/api/alerts.ts";
import { SagaState } from "#contracts/api/saga.ts";
import { int64, moment, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Limits } from "#sagas/outlook/limits.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { waits } from "./listed-sagas.ts";
import { began, learnedDue, overdue, state } from "./saga-expressions.ts";
import type { TimeWindow } from "./time-window.ts";

/** The sagas that a rule counts. */
export interface AlertSagas {
  readonly count: number;
  /** When the first of them started, ISO 8601 UTC; null of none. */
  readonly oldestStartedAt: string | null;
  /** The newest of them. */
  readonly sagas: readonly { id: string; type: string; state: SagaState; startedAt: string }[];
}

const Row = z.object({ id: z.string(), type: z.string(), state: SagaState, at: Time, oldest: Time, total: Count });

/** How many sagas came into a condition within the window and are in it still, with the newest `most` of them. */
export async function alertSagas(
  asker: Asker,
  { condition, sagaType }: Pick<AlertRuleInput, "condition" | "sagaType">,
  { window, most, limits }: { window: TimeWindow; most: number; limits: Limits },
): Promise<AlertSagas> {
  const { entered, holds } = clauses(condition, window, limits);
  const ofType = sagaType === null ? sql`1` : sql`saga_type = ${string(sagaType)}`;
  // What one row of a saga says of the moment, all of them say or less: so the first read, of one column of every row,
  // misses none, and the second reads whole only the sagas that the first found.
  const rows = await asker.ask(
    sql`WITH tupleElement(last_position, 'place') AS place, ${waits}
      SELECT saga_id AS id, saga_type AS type, ${state} AS state, ${began} AS at,
        min(${began}) OVER () AS oldest, count() OVER () AS total
      FROM sagas FINAL
      WHERE (started, saga_id) IN (SELECT started, saga_id FROM sagas WHERE ${entered})
        AND ${entered} AND ${holds} AND ${ofType}
      ORDER BY started DESC, saga_id DESC LIMIT ${uint32(most)}`,
    Row,
  );
  return {
    count: rows[0]?.total ?? 0,
    oldestStartedAt: rows[0]?.oldest ?? null,
    sagas: rows.map(({ id, type, state: inState, at }) => ({ id, type, state: inState, startedAt: at })),
  };
}

function clauses(
  condition: AlertRuleInput["condition"],
  { fromMs, toMs }: TimeWindow,
  limits: Limits,
): { entered: Sql; holds: Sql } {
  if (condition === "overdue") {
    const declared = sql`(deadline >= ${moment(fromMs)} AND deadline < ${moment(toMs)})`;
    return {
      entered: sql`(${declared} OR ${learnedWithin(limits, { fromMs, toMs })})`,
      holds: overdue({ nowMs: toMs, limits }),
    };
  }
  const entered = sql`(ended_at >= ${moment(fromMs)} AND ended_at < ${moment(toMs)})`;
  return { entered, holds: sql`${state} = ${string(condition)}` };
}

/** Rows of sagas whose learned limit ran out within the window: first by a column that is quick to read. */
function learnedWithin(limits: Limits, { fromMs, toMs }: TimeWindow): Sql {
  const longestMs = Math.max(0, ...limits.all().map(({ limitMs }) => limitMs));
  const due = learnedDue(limits);
  return sql`(last_event_at >= ${moment(fromMs - longestMs)} AND last_event_at < ${moment(toMs)} AND deadline = toDateTime64(0, 3)
    AND ${due} >= ${int64(fromMs)} AND ${due} < ${int64(toMs)})`;
}
