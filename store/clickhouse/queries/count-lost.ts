import { z } from "zod";
import { moment, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

const Row = z.object({ topic: z.string(), messages: Count, partitions: Count });

/** What became known since a moment, of one thing that ingest reads. */
export type Lost = z.infer<typeof Row>;

/**
 * The messages in gaps that were noticed since then, and the partitions of topics that were made anew, by topic; those of
 * which there is nothing to tell are absent.
 */
export async function countLost(asker: Asker, sinceMs: number): Promise<Lost[]> {
  const since = moment(sinceMs);
  return await asker.ask(
    sql`SELECT topic, toUInt64(sum(gap_messages)) AS messages, toUInt64(sum(remade)) AS partitions
      FROM (
        SELECT topic, to_offset - from_offset + 1 AS gap_messages, 0 AS remade
        FROM (SELECT DISTINCT topic, partition, from_offset, to_offset, noticed_at FROM ingest_gaps WHERE noticed_at >= ${since})
        UNION ALL
        SELECT topic, 0 AS gap_messages, 1 AS remade
        FROM ingest_logs GROUP BY topic, partition HAVING uniqExact(log_id) > 1 AND max(ingest_logs.since) >= ${since})
      GROUP BY topic ORDER BY topic LIMIT 1000`,
    Row,
  );
}
