import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { moment, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { listedSagas } from "./listed-sagas.ts";
import { bucketStarts, fillBuckets, startedWithin, startsOfEnded, type TimeWindow } from "./time-window.ts";

const Row = z.object({ bucket: Count, started: Count, completed: Count, compensated: Count, failed: Count });

/** Sagas that started in each bucket, and those that ended in it, by outcome. */
export async function outcomesOverTime(
  asker: Asker,
  window: TimeWindow,
  bucketSeconds: number,
): Promise<Overview["outcomes"]> {
  const from = moment(window.fromMs);
  const to = moment(window.toMs);
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(toStartOfInterval(at, toIntervalSecond(${uint32(bucketSeconds)}))) AS bucket,
        countIf(kind = 'started') AS started, countIf(kind = 'completed') AS completed,
        countIf(kind = 'compensated') AS compensated, countIf(kind = 'failed') AS failed
      FROM (
        SELECT arrayJoin([(started, 'started'), (ended_at, multiIf(
          bitAnd(flags, 8) != 0, 'failed', bitAnd(flags, 4) != 0, 'compensated', bitAnd(flags, 2) != 0, 'completed', ''))]) AS moment,
          moment.1 AS at, moment.2 AS kind
        FROM ${listedSagas} WHERE ${startedWithin(startsOfEnded(window))})
      WHERE at >= ${from} AND at < ${to} GROUP BY bucket ORDER BY bucket LIMIT 10000`,
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
