import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { bucketStarts, fillBuckets, startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({
  code: z.string(),
  step: z.string(),
  message: z.string(),
  sagas: Count,
  first_seen: Time,
  last_seen: Time,
  buckets: z.array(z.tuple([Count, Count])),
});

/**
 * What is wrong with the sagas that started within the window: their last errors by code and step, most sagas first,
 * with the newest message.
 */
export async function errorGroups(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, limit }: { bucketSeconds: number; limit: number },
): Promise<Overview["errors"]> {
  const rows = await asker.ask(
    sql`SELECT code, step, argMax(message, (newest, message)) AS message, sum(count) AS sagas,
        min(oldest) AS first_seen, max(newest) AS last_seen, groupArray((bucket, count)) AS buckets
      FROM (
        SELECT tupleElement(last_error, 'code') AS code, tupleElement(last_error, 'step') AS step, argMax(tupleElement(last_error, 'message'), last_error) AS message,
          toUnixTimestamp(toStartOfInterval(started, toIntervalSecond(${uint32(bucketSeconds)}))) AS bucket,
          count() AS count, min(tupleElement(last_error, 'time')) AS oldest, max(tupleElement(last_error, 'time')) AS newest
        FROM ${asker.sagas} WHERE ${startedWithin(window)} AND code != ''
        GROUP BY code, step, bucket)
      GROUP BY code, step ORDER BY sagas DESC, code, step LIMIT ${uint32(limit)}`,
    Row,
  );
  const starts = bucketStarts(window, bucketSeconds);
  return rows.map((row) => ({
    code: row.code,
    step: row.step,
    message: row.message,
    sagas: row.sagas,
    firstSeenAt: row.first_seen,
    lastSeenAt: row.last_seen,
    sparkline: fillBuckets(
      row.buckets.map(([bucket, count]) => ({ bucket, count })),
      starts,
      { from: ({ count }) => count, empty: 0 },
    ),
  }));
}
