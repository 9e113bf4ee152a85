import { z } from "zod";
import { and, moment, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, MaybeNumber } from "./column-shapes.ts";
import { ownVersions, type ReleasePair, sideOf } from "./release-sagas.ts";
import { durationMs } from "./saga-expressions.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/** What the baseline's sagas took that ended by `sinceMs`, of the stretch before it that tells what is usual. */
export interface BaselineDurations {
  readonly ended: number;
  /** p50, p75, p90, p95, p99 in ms. */
  readonly percentilesMs: readonly (number | null)[];
}

/**
 * How long the baseline's sagas took before the canary began. Every other minute of the stretch tells it; the minutes between
 * are left to be compared with, so that nothing is held against a threshold that was made from itself.
 */
export async function baselineDurations(
  asker: Asker,
  pair: ReleasePair,
  { fromMs, toMs: sinceMs }: TimeWindow,
): Promise<BaselineDurations> {
  const clauses = [
    startedWithin({ fromMs, toMs: sinceMs }),
    sql`saga_type = ${string(pair.type)}`,
    sql`bitAnd(flags, 14) != 0`,
    // What ends later would move the thresholds between two looks.
    sql`ended_at < ${moment(sinceMs)}`,
    sql`intDiv(toUnixTimestamp64Milli(${moment(sinceMs)}) - 1 - toUnixTimestamp64Milli(started), 60000) % 2 = 0`,
  ];
  const [row] = await asker.ask(
    sql`SELECT count() AS ended, quantilesExact(0.5, 0.75, 0.9, 0.95, 0.99)(took) AS percentiles
      FROM (SELECT ${durationMs} AS took, ${ownVersions(pair.service)} AS own FROM ${asker.sagas} WHERE ${and(clauses)})
      WHERE ${sideOf(pair)} = 'baseline' LIMIT 1`,
    z.object({ ended: Count, percentiles: z.array(MaybeNumber) }),
  );
  return { ended: row?.ended ?? 0, percentilesMs: row?.percentiles ?? [] };
}
