import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketStarts, endedWithin, startedWithin, type TimeWindow } from "./time-window.ts";

type Bucket = Omit<Overview["outcomes"][number], "at">;

const Row = z.object({
  begun: Count,
  ended: Count,
  outcome: z.enum(["completed", "compensated", "failed"]),
  sagas: Count,
});

/** Sagas that started in each bucket, and those that ended in it, by outcome. */
export async function outcomesOverTime(
  asker: Asker,
  window: TimeWindow,
  bucketSeconds: number,
): Promise<Overview["outcomes"]> {
  const bucketOf = (moment: Sql) =>
    sql`toUnixTimestamp(toStartOfInterval(${moment}, toIntervalSecond(${uint32(bucketSeconds)})))`;
  const outcome = sql`multiIf(bitAnd(flags, 8) != 0, 'failed', bitAnd(flags, 4) != 0, 'compensated', 'completed')`;
  const hasEnded = sql`(bitAnd(flags, 14) != 0 AND ${endedWithin(window)})`;
  // Those that started before are few: when they ended has an index. 0 is no bucket.
  const rows = await asker.ask(
    sql`SELECT ${bucketOf(sql`started`)} AS begun, if(${hasEnded}, ${bucketOf(sql`ended_at`)}, 0) AS ended, ${outcome} AS outcome, count() AS sagas
      FROM ${asker.sagas} WHERE ${startedWithin(window)} GROUP BY begun, ended, outcome LIMIT 100000
      UNION ALL
      SELECT 0 AS begun, ${bucketOf(sql`ended_at`)} AS ended, ${outcome} AS outcome, count() AS sagas
      FROM ${asker.sagas} WHERE ${hasEnded} AND NOT (${startedWithin(window)}) GROUP BY ended, outcome LIMIT 100000`,
    Row,
  );
  const buckets = new Map<number, { -readonly [Name in keyof Bucket]: number }>();
  for (const startMs of bucketStarts(window, bucketSeconds))
    buckets.set(startMs / 1000, { started: 0, completed: 0, compensated: 0, failed: 0 });
  for (const { begun, ended, outcome: how, sagas } of rows) {
    const [first, last] = [buckets.get(begun), buckets.get(ended)];
    if (first) first.started += sagas;
    if (last) last[how] += sagas;
  }
  return [...buckets].map(([start, counts]) => ({ at: new Date(start * 1000).toISOString(), ...counts }));
}
