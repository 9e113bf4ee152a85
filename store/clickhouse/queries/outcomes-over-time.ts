import { z } from "zod";
import type { Overview } from "#contracts/api/overview.ts";
import { moment, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketOf, bucketStarts, endedWithin, startedWithin, type TimeWindow } from "./time-window.ts";
import { quarterSeconds, timedQuarters, timedRows, untimed } from "./timed-quarters.ts";

type Bucket = Omit<Overview["outcomes"][number], "at">;

const Row = z.object({
  begun: Count,
  ended: Count,
  how: Count,
  sagas: Count,
});

/**
 * Sagas that started in each bucket, and those that ended in it, by outcome. `timed` is what `timedQuarters` says of the window and these
 * buckets, where it is known.
 */
export async function outcomesOverTime(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, timed }: { bucketSeconds: number; timed?: Promise<readonly number[]> },
): Promise<Overview["outcomes"]> {
  const quarters = beginsAndEndsWithQuarters(window)
    ? await (timed ?? timedQuarters(asker, window, bucketSeconds))
    : [];
  const end = sql`toUInt8(bitAnd(flags, 14))`;
  const hasEnded = sql`(bitAnd(flags, 14) != 0 AND ${endedWithin(window)})`;
  const [begun, ended] = [bucketOf(sql`started`, bucketSeconds), bucketOf(sql`ended_at`, bucketSeconds)];
  const ofTimed = sql`SELECT ${bucketOf(sql`quarter`, bucketSeconds)} AS begun,
      if(one.1 >= ${moment(window.fromMs)} AND one.1 < ${moment(window.toMs)}, ${bucketOf(sql`one.1`, bucketSeconds)}, 0) AS ended,
      one.2 AS how, sum(one.3) AS sagas
    FROM ${timedRows(quarters)} ARRAY JOIN ends AS one WHERE step = '' GROUP BY begun, ended, how LIMIT 100000 UNION ALL`;
  // Those that started before are few: when they ended has an index. 0 is no bucket.
  const rows = await asker.ask(
    sql`${quarters.length > 0 ? ofTimed : sql``}
      SELECT ${begun} AS begun, if(${hasEnded}, ${ended}, 0) AS ended, ${end} AS how, count() AS sagas
      FROM ${asker.sagas} WHERE ${untimed(window, quarters)} GROUP BY begun, ended, how LIMIT 100000
      UNION ALL
      SELECT 0 AS begun, ${ended} AS ended, ${end} AS how, count() AS sagas
      FROM ${asker.sagas} WHERE ${hasEnded} AND NOT (${startedWithin(window)}) GROUP BY ended, how LIMIT 100000`,
    Row,
  );
  const buckets = new Map<number, { -readonly [Name in keyof Bucket]: number }>();
  for (const startMs of bucketStarts(window, bucketSeconds))
    buckets.set(startMs / 1000, { started: 0, completed: 0, compensated: 0, failed: 0 });
  for (const { begun, ended, how, sagas } of rows) {
    const [first, last] = [buckets.get(begun), buckets.get(ended)];
    if (first) first.started += sagas;
    if (last) last[outcomeOf(how)] += sagas;
  }
  return [...buckets].map(([start, counts]) => ({ at: new Date(start * 1000).toISOString(), ...counts }));
}

/** Whether what is known of each quarter of an hour says what ended within the window. */
const beginsAndEndsWithQuarters = ({ fromMs, toMs }: TimeWindow): boolean =>
  [fromMs, toMs].every((ms) => ms % (quarterSeconds * 1000) === 0);

/** How a saga ended, by its flags of ends; where it has several, as it counts. */
const outcomeOf = (end: number) => (end & 8 ? "failed" : end & 4 ? "compensated" : "completed");
