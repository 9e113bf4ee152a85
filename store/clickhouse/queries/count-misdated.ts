import { z } from "zod";
import { moment, sql, uint64 } from "#lib/sql.ts";
import { mostAheadMs, mostBehindMs } from "#sagas/misdated.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

/** Rows of events whose `time` is off, as the marks of a saga's events say it. */
const Row = z.object({ ahead: Count, behind: Count });
export type Misdated = z.infer<typeof Row>;

/** How many events that were stored since a moment are dated too far ahead of it, or behind. */
export async function countMisdated(asker: Asker, sinceMs: number): Promise<Misdated> {
  const [row] = await asker.ask(
    sql`SELECT countIf(time > ingested_at + toIntervalMillisecond(${uint64(mostAheadMs)})) AS ahead,
        countIf(time < ingested_at - toIntervalMillisecond(${uint64(mostBehindMs)})) AS behind
      FROM saga_events WHERE ingested_at >= ${moment(sinceMs)} LIMIT 1`,
    Row,
  );
  return row ?? { ahead: 0, behind: 0 };
}
