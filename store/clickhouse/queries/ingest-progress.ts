import { z } from "zod";
import type { PartitionBalance } from "#contracts/api/pipeline.ts";
import { moment, type Sql, sql, string, strings } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, TimeOrNone } from "./column-shapes.ts";

const Row = z
  .object({
    topic: z.string(),
    partition: Count,
    first: z.string(),
    last: z.string(),
    messages: Count,
    stored: Count,
    dead: Count,
    lost: Count,
    last_minute: Count,
    newest_event: TimeOrNone,
    newest_ingest: TimeOrNone,
  })
  .transform(({ first, last, last_minute: lastMinute, newest_event, newest_ingest, ...row }) => ({
    ...row,
    firstOffset: first,
    lastOffset: last,
    balance: row.messages - row.stored - row.dead - row.lost,
    /** Rows stored or dead within the whole minute before. */
    lastMinute,
    newestEventAt: newest_event,
    newestIngestAt: newest_ingest,
  }));

export type IngestProgress = PartitionBalance & {
  readonly lastMinute: number;
  readonly newestEventAt: string | null;
  readonly newestIngestAt: string | null;
};

/**
 * How far each topic-partition has come since it was first read, and what became of its messages; where the topic was
 * made anew, since then. Of one that was made anew and has no whole minute yet there is nothing. Of topics other than
 * `events`, where it is given, a message may come to any number of rows.
 */
export async function ingestProgress(
  asker: Asker,
  nowMs: number,
  { events }: { events?: string | undefined } = {},
): Promise<IngestProgress[]> {
  const progress = await progressOf(asker, nowMs, {
    counts: minutes,
    gaps: sql`SELECT DISTINCT topic, partition, from_offset, to_offset FROM ingest_gaps`,
  });
  // To look for the minute in which a topic was made anew takes long, and what adds up was not.
  const odd = progress.filter(({ balance }) => balance !== 0).map(placeOf);
  if (odd.length === 0) return progress;
  const newest = await progressOf(asker, nowMs, newestLives(odd, events));
  return [...progress.filter(({ balance }) => balance === 0), ...newest].toSorted(byPlace);
}

const placeOf = ({ topic, partition }: IngestProgress): string => `${topic} ${partition}`;

const byPlace = (one: IngestProgress, other: IngestProgress): number =>
  one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1;

/** What was counted of each partition in each minute. */
const minutes: Sql = sql`SELECT _topic AS topic, _partition AS partition, minute, ingest_progress.stored AS stored,
    ingest_progress.dead AS dead, 0 AS skipped, min_offset, max_offset, newest_event, newest_ingest
  FROM ingest_progress
  UNION ALL
  SELECT _topic AS topic, _partition AS partition, minute, 0 AS stored, 0 AS dead, ingest_skips.skipped AS skipped,
    min_offset, max_offset, toDateTime64(0, 3, 'UTC') AS newest_event, toDateTime64(0, 3, 'UTC') AS newest_ingest
  FROM ingest_skips`;

/**
 * The same of these partitions since their topics were made anew: since the last minute whose offsets begin below those of
 * the one before. That minute itself counts if all of it is of the new topic, else it is of both. Where a message is a row,
 * that is so if it adds up. Where it is any number of rows, it is so if nothing of the old topic can lie in it: offsets of
 * that would be beyond all minutes before, which neither this minute reached nor the old topic ever did.
 */
function newestLives(places: readonly string[], events: string | undefined): { counts: Sql; gaps: Sql } {
  const whole = sql`SELECT topic, partition, minute, sum(counted.stored) AS stored, sum(counted.dead) AS dead,
      sum(counted.skipped) AS skipped, min(counted.min_offset) AS min_offset, max(counted.max_offset) AS max_offset,
      max(counted.newest_event) AS newest_event, max(counted.newest_ingest) AS newest_ingest
    FROM (${minutes}) AS counted WHERE has(${strings(places)}, concat(topic, ' ', toString(partition)))
    GROUP BY topic, partition, minute`;
  const logs = sql`SELECT topic, partition, argMax(ingest_logs.before, since) AS old_end FROM ingest_logs
    WHERE has(${strings(places)}, concat(topic, ' ', toString(partition))) GROUP BY topic, partition`;
  const isRowEach = events === undefined ? sql`true` : sql`topic = ${string(events)}`;
  const begun = sql`SELECT topic, partition,
      max(minute + if(adds_up OR NOT ${isRowEach} AND (max_offset <= reached OR old_end BETWEEN 1 AND reached + 1), 0, 60)) AS begun
    FROM (
      SELECT topic, partition, minute, min_offset, max_offset,
        max_offset + 1 - min_offset = stored + dead + skipped AS adds_up,
        lagInFrame(max_offset) OVER before AS reached, row_number() OVER before AS number
      FROM (${whole})
      WINDOW before AS (PARTITION BY topic, partition ORDER BY minute ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS found
    LEFT JOIN (${logs}) AS logs USING (topic, partition)
    WHERE number > 1 AND min_offset <= reached GROUP BY topic, partition`;
  return {
    counts: sql`SELECT * FROM (${whole}) AS whole LEFT JOIN (${begun}) AS life USING (topic, partition)
      WHERE minute >= begun`,
    // What was lost of the topic before is noticed when the new one is.
    gaps: sql`SELECT DISTINCT topic, partition, from_offset, to_offset
      FROM ingest_gaps LEFT JOIN (${begun}) AS life USING (topic, partition)
      WHERE noticed_at >= begun AND (begun = toDateTime(0, 'UTC') OR NOT has(${strings(["topic_remade", "log_cut"])}, reason))`,
  };
}

async function progressOf(
  asker: Asker,
  nowMs: number,
  { counts, gaps }: { counts: Sql; gaps: Sql },
): Promise<IngestProgress[]> {
  const minuteMs = Math.floor(nowMs / 60_000) * 60_000;
  return await asker.ask(
    sql`SELECT topic, partition, toString(first_offset) AS first, toString(last_offset) AS last,
        last_offset - first_offset + 1 - skipped AS messages, stored, dead, lost, last_minute, newest_event, newest_ingest
      FROM (
        SELECT topic, partition, min(counted.min_offset) AS first_offset, max(counted.max_offset) AS last_offset,
          sum(counted.stored) AS stored, sum(counted.dead) AS dead, sum(counted.skipped) AS skipped,
          sumIf(counted.stored + counted.dead, minute = ${moment(minuteMs - 60_000)}) AS last_minute,
          maxIf(counted.newest_event, counted.stored > 0) AS newest_event,
          max(counted.newest_ingest) AS newest_ingest
        FROM (${counts}) AS counted GROUP BY topic, partition) AS progress
      LEFT JOIN (
        SELECT topic, partition, sum(toInt64(to_offset - from_offset + 1)) AS lost
        FROM (${gaps}) GROUP BY topic, partition) AS gaps
      USING (topic, partition)
      ORDER BY topic, partition LIMIT 10000`,
    Row,
  );
}
