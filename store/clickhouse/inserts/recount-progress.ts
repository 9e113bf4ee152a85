import { moment, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

/**
 * Counts anew what is stored and dead of a topic-partition, minute by minute, since `sinceMs` at the latest. Whoever calls
 * it must be the only one to store any of the partition meanwhile.
 */
export async function recountProgress(
  client: StoreClient,
  { topic, partition, sinceMs }: { topic: string; partition: number; sinceMs: number },
): Promise<void> {
  const place = sql`_topic = ${string(topic)} AND _partition = ${uint32(partition)}`;
  const since = sql`toStartOfMinute(${moment(sinceMs)})`;
  const run = ({ text, params }: Sql) =>
    client.command({
      query: text,
      query_params: params,
      // The same counts may have been there before: they must not be taken for a block that is known.
      clickhouse_settings: { lightweight_deletes_sync: "2", insert_deduplicate: 0, async_insert: 0 },
    });
  await run(sql`DELETE FROM ingest_progress WHERE ${place} AND minute >= ${since}`);
  await run(sql`
    INSERT INTO ingest_progress (_topic, _partition, minute, stored, dead, max_offset, newest_event, newest_ingest, min_offset)
    SELECT _topic, _partition, toStartOfMinute(at) AS minute, sum(good), sum(bad), max(_offset), max(event), max(at), min(_offset)
    FROM (
      SELECT _topic, _partition, _offset, ingested_at AS at, toDateTime64(time, 3, 'UTC') AS event, 1 AS good, 0 AS bad
      FROM saga_events WHERE ${place} AND ingested_at >= ${since}
      UNION ALL
      SELECT _topic, _partition, _offset, dead_at AS at, message_time AS event, 0 AS good, 1 AS bad
      FROM dead_letters WHERE ${place} AND dead_at >= ${since})
    GROUP BY _topic, _partition, minute`);
}
