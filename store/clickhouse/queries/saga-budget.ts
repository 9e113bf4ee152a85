import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import { type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { loggedWithin, spansWithin, startedWithin, type TimeWindow } from "./time-window.ts";

const rowsOf = {
  sagas: (window) => sql`sagas WHERE ${startedWithin(window)}`,
  errors: (window) => sql`saga_errors WHERE ${startedWithin(window)}`,
  "log lines": (window) => sql`otel_logs WHERE ${loggedWithin(window)}`,
  spans: (window) => sql`otel_traces WHERE ${spansWithin(window)}`,
  "service spans": (window) => sql`service_spans WHERE ${spansWithin(window)}`,
} satisfies Record<string, (window: TimeWindow) => Sql>;

/**
 * How many rows there are within the window, of sagas of those that started in it: not yet merged ones count each. The primary key
 * tells.
 */
export async function rowsWithin(
  asker: Asker,
  window: TimeWindow,
  of: keyof typeof rowsOf = "sagas",
  within: Sql = sql`1`,
): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT count() AS rows FROM ${rowsOf[of](window)} AND ${within} LIMIT 1`,
    z.object({ rows: Count }),
  );
  return row?.rows ?? 0;
}

/**
 * Throws `TOO_LARGE` with how far to narrow the time, where more than `most` of the rows that lie in the window, and `within` what else
 * narrows them, would be read. Returns how many there are.
 */
export async function refuseAbove(
  asker: Asker,
  window: TimeWindow,
  { most, what, of = "sagas", within }: { most: number; what: string; of?: keyof typeof rowsOf; within?: Sql },
): Promise<number> {
  const rows = await rowsWithin(asker, window, of, within);
  if (rows <= most) return rows;
  const minutes = Math.max(1, Math.floor((((window.toMs - window.fromMs) / 60_000) * most) / rows));
  const shorter = minutes >= 120 ? `${Math.floor(minutes / 60)}h` : `${minutes}m`;
  throw new SagascopeError(
    "TOO_LARGE",
    `range: ${what} would read ${rows} ${of}, and reads at most ${most}. Narrow the time to about ${shorter}.`,
  );
}
