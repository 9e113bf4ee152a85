import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { inconsistent, type Lateness, overdue, state } from "./saga-expressions.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({
  started: Count,
  running: Count,
  completed: Count,
  compensating: Count,
  compensated: Count,
  failed: Count,
  resolved: Count,
  overdue: Count,
  inconsistent: Count,
});

/** Sagas that started within the window, by state and verdict. */
export async function overviewCounts(asker: Asker, window: TimeWindow, late: Lateness): Promise<Overview["counts"]> {
  const [row] = await asker.ask(
    sql`SELECT count() AS started,
        countIf(now_in = 'running') AS running, countIf(now_in = 'completed') AS completed,
        countIf(now_in = 'compensating') AS compensating, countIf(now_in = 'compensated') AS compensated,
        countIf(now_in = 'failed') AS failed, countIf(now_in = 'resolved') AS resolved,
        countIf(is_late) AS overdue, countIf(broken) AS inconsistent
      FROM (SELECT ${state} AS now_in, ${overdue(late)} AS is_late, ${inconsistent} AS broken
        FROM sagas FINAL WHERE ${startedWithin(window)}) LIMIT 1`,
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
