import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { bucketOf, bucketStarts, fillBuckets, type TimeWindow } from "./time-window.ts";
import { timedQuarters, timedRows, untimed } from "./timed-quarters.ts";

const Row = z.object({
  code: z.string(),
  step: z.string(),
  message: z.string(),
  sagas: Count,
  first_seen: Time,
  last_seen: Time,
  buckets: z.array(z.tuple([Count, Count])),
});

/** Of rows of `saga_list` grouped by `code` and `at_step`: the newest message, and when the oldest and the newest error happened. */
export const errorsOf: Sql = sql`toString(tupleElement(last_error, 'code')) AS code, toString(tupleElement(last_error, 'step')) AS at_step,
  argMax(tupleElement(last_error, 'message'), last_error) AS message, min(tupleElement(last_error, 'time')) AS oldest, max(tupleElement(last_error, 'time')) AS newest`;

/**
 * What is wrong with the sagas that started within the window: their last errors by code and step, most sagas first,
 * with the newest message. `timed` is what `timedQuarters` says of the window and these buckets, where it is known.
 */
export async function errorGroups(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, limit, timed }: { bucketSeconds: number; limit: number; timed?: Promise<readonly number[]> },
): Promise<Overview["errors"]> {
  const quarters = await (timed ?? timedQuarters(asker, window, bucketSeconds));
  const ofTimed = sql`SELECT toString(error.1) AS code, toString(error.2) AS at_step, error.3 AS message, error.4 AS oldest, error.5 AS newest,
      ${bucketOf(sql`quarter`, bucketSeconds)} AS bucket, toUInt64(error.6) AS many
    FROM ${timedRows(quarters)} ARRAY JOIN errors AS error WHERE step = '' UNION ALL`;
  const rows = await asker.ask(
    sql`SELECT code, at_step AS step, argMax(told, (last, told)) AS message, sum(count) AS sagas,
        min(first) AS first_seen, max(last) AS last_seen, groupArray((bucket, count)) AS buckets
      FROM (
        SELECT code, at_step, argMax(message, (newest, message)) AS told, bucket, sum(many) AS count, min(oldest) AS first, max(newest) AS last
        FROM (
          ${quarters.length > 0 ? ofTimed : sql``}
          SELECT ${errorsOf}, ${bucketOf(sql`started`, bucketSeconds)} AS bucket, count() AS many
          FROM ${asker.sagas} WHERE ${untimed(window, quarters)} AND code != '' GROUP BY code, at_step, bucket)
        GROUP BY code, at_step, bucket)
      GROUP BY code, at_step ORDER BY sagas DESC, code, step LIMIT ${uint32(limit)}`,
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
