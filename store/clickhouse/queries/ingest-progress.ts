import { z } from "zod";
import type { PartitionBalance } from "#contracts/api/pipeline.ts";
import { moment, sql } from "#lib/sql.ts";
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

/** How far each topic-partition has come since it was first read, and what became of its messages. */
export async function ingestProgress(asker: Asker, nowMs: number): Promise<IngestProgress[]> {
  const minuteMs = Math.floor(nowMs / 60_000) * 60_000;
  return await asker.ask(
    sql`SELECT topic, partition, toString(first_offset) AS first, toString(last_offset) AS last,
        last_offset - first_offset + 1 AS messages, stored, dead, lost, last_minute, newest_event, newest_ingest
      FROM (
        SELECT _topic AS topic, _partition AS partition, min(min_offset) AS first_offset, max(max_offset) AS last_offset,
          sum(ingest_progress.stored) AS stored, sum(ingest_progress.dead) AS dead,
          sumIf(ingest_progress.stored + ingest_progress.dead, minute = ${moment(minuteMs - 60_000)}) AS last_minute,
          maxIf(ingest_progress.newest_event, ingest_progress.stored > 0) AS newest_event,
          max(ingest_progress.newest_ingest) AS newest_ingest
        FROM ingest_progress GROUP BY topic, partition) AS progress
      LEFT JOIN (
        SELECT topic, partition, sum(toInt64(to_offset - from_offset + 1)) AS lost
        FROM (SELECT DISTINCT topic, partition, from_offset, to_offset FROM ingest_gaps) GROUP BY topic, partition) AS gaps
      USING (topic, partition)
      ORDER BY topic, partition LIMIT 10000`,
    Row,
  );
}
