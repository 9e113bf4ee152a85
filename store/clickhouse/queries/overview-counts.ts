import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { isIn, type Lateness, overdue } from "./saga-expressions.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z
  .object({
    begun: Count,
    running: Count,
    completed: Count,
    compensating: Count,
    compensated: Count,
    failed: Count,
    resolved: Count,
    overdue: Count,
    inconsistent: Count,
  })
  .transform(({ begun, ...counts }): Overview["counts"] => ({ started: begun, ...counts }));

/** Sagas that started within the window, by state and verdict. */
export async function overviewCounts(asker: Asker, window: TimeWindow, late: Lateness): Promise<Overview["counts"]> {
  const [row] = await asker.ask(
    sql`SELECT count() AS begun,
        countIf(${isIn.running}) AS running, countIf(${isIn.completed}) AS completed,
        countIf(${isIn.compensating}) AS compensating, countIf(${isIn.compensated}) AS compensated,
        countIf(${isIn.failed}) AS failed, countIf(${isIn.resolved}) AS resolved,
        countIf(${overdue(late)}) AS overdue, countIf(notEmpty(broken)) AS inconsistent
      FROM ${asker.sagas} WHERE ${startedWithin(window)} LIMIT 1`,
    Row,
  );
  return row ?? none;
}

const none: Overview["counts"] = {
  started: 0,
  running: 0,
  completed: 0,
  compensating: 0,
  compensated: 0,
  failed: 0,
  resolved: 0,
  overdue: 0,
  inconsistent: 0,
};
