import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketStarts, endedWithin, fillBuckets, startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({ bucket: Count, started: Count, completed: Count, compensated: Count, failed: Count });

/** Sagas that started in each bucket, and those that ended in it, by outcome. */
export async function outcomesOverTime(
  asker: Asker,
  window: TimeWindow,
  bucketSeconds: number,
): Promise<Overview["outcomes"]> {
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(toStartOfInterval(at, toIntervalSecond(${uint32(bucketSeconds)}))) AS bucket,
        countIf(kind = 'started') AS started, countIf(kind = 'completed') AS completed,
        countIf(kind = 'compensated') AS compensated, countIf(kind = 'failed') AS failed
      FROM (
        SELECT started AS at, 'started' AS kind FROM ${asker.sagas} WHERE ${startedWithin(window)}
        UNION ALL
        SELECT ended_at AS at, multiIf(bitAnd(flags, 8) != 0, 'failed', bitAnd(flags, 4) != 0, 'compensated', 'completed') AS kind
        FROM ${asker.sagas} WHERE ${endedWithin(window)} AND bitAnd(flags, 14) != 0)
      GROUP BY bucket ORDER BY bucket LIMIT 10000`,
    Row,
  );
  const starts = bucketStarts(window, bucketSeconds);
  const empty = { started: 0, completed: 0, compensated: 0, failed: 0 };
  const counts = fillBuckets(rows, starts, {
    from: ({ started, completed, compensated, failed }) => ({ started, completed, compensated, failed }),
    empty,
  });
  return counts.map((count, index) => ({ at: new Date(starts[index] ?? 0).toISOString(), ...count }));
}
