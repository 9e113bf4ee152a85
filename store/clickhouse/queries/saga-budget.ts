import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/** How many rows of sagas started within the window: not yet merged ones count each. The primary key tells, no saga is read. */
export async function rowsWithin(asker: Asker, window: TimeWindow): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT count() AS rows FROM sagas WHERE ${startedWithin(window)} LIMIT 1`,
    z.object({ rows: Count }),
  );
  return row?.rows ?? 0;
}

/** Throws `TOO_LARGE` with how far to narrow the time, where more than `most` sagas would be read. Returns how many there are. */
export async function refuseAbove(
  asker: Asker,
  window: TimeWindow,
  { most, what }: { most: number; what: string },
): Promise<number> {
  const rows = await rowsWithin(asker, window);
  if (rows <= most) return rows;
  const minutes = Math.max(1, Math.floor((((window.toMs - window.fromMs) / 60_000) * most) / rows));
  const shorter = minutes >= 120 ? `${Math.floor(minutes / 60)}h` : `${minutes}m`;
  throw new SagascopeError(
    "TOO_LARGE",
    `range: ${what} would read ${rows} sagas, and reads at most ${most}. Narrow the time to about ${shorter}.`,
  );
}
