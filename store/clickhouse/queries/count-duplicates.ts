import { z } from "zod";
import { moment, sql, uint64 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import type { TimeWindow } from "./time-window.ts";

/** Events that were stored more than once within a stretch of time. */
export interface Duplicates {
  /** Rows beyond the first of each event. */
  readonly count: number;
  readonly rows: number;
  /** Where the stretch begins that was counted: later than asked for where that holds too many rows. */
  readonly fromMs: number;
}

const mostRows = 5_000_000;
const hourMs = 3_600_000;

/**
 * Counts among the rows that were stored within the window, so that no question groups the whole history. An event whose
 * first copy was stored before is not seen: there are at least so many.
 */
export async function countDuplicates(asker: Asker, window: TimeWindow): Promise<Duplicates> {
  const fromMs = await countedFrom(asker, window);
  // A producer that sends an event again does so soon: sagas that began a month before are left to the ≥.
  const [row] = await asker.ask(
    sql`SELECT count() AS rows, uniqExact(event_id) AS events FROM saga_events
      WHERE ingested_at >= ${moment(fromMs)} AND ingested_at < ${moment(window.toMs)}
        AND saga_started >= ${moment(fromMs - 30 * 24 * hourMs)} LIMIT 1`,
    z.object({ rows: Count, events: Count }),
  );
  return { count: (row?.rows ?? 0) - (row?.events ?? 0), rows: row?.rows ?? 0, fromMs };
}

/** The earliest minute of the window after which there are not too many rows. */
async function countedFrom(asker: Asker, { fromMs, toMs }: TimeWindow): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT minIf(toUnixTimestamp(at), rows_since <= ${uint64(mostRows)}) AS from_s, max(rows_since) AS rows FROM (
        SELECT minute AS at, sum(sum(stored)) OVER (ORDER BY minute DESC) AS rows_since FROM ingest_progress
        WHERE minute >= toStartOfMinute(${moment(fromMs)}) AND minute < ${moment(toMs)} GROUP BY minute) LIMIT 1`,
    z.object({ from_s: Count, rows: Count }),
  );
  if (!row || row.rows <= mostRows) return fromMs;
  return row.from_s === 0 ? toMs - 60_000 : row.from_s * 1000;
}
