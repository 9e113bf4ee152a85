import { z } from "zod";
import { moment, type Sql, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

const Row = z
  .object({ topic: z.string(), partition: Count, waiting: Count, oldest_ms: Count, last_minute: Count })
  .transform(({ oldest_ms, last_minute: lastMinute, ...row }) => ({
    ...row,
    /** When the oldest that waited had happened, ms; null where none did. */
    oldestMs: row.waiting === 0 ? null : oldest_ms,
    /** Rows stored or dead within the whole minute before. */
    lastMinute,
  }));

export type WaitingAt = z.output<typeof Row>;

const dayMs = 86_400_000;

/**
 * What of each topic-partition of saga events had happened at a moment and was not stored yet then: events by their `time`, each
 * once, at the place from which it was stored first; and messages that died later, by Kafka's time. To the millisecond: what
 * happened at the moment itself had happened, what was stored at it was stored. Partitions that had been read by then and
 * have nothing that waited are there too. Of the days of sagas that started later nothing is read but of the next one, for
 * clocks that are off; of the others what was stored later, by the index, and what lies beside it.
 */
export async function waitingAt(
  asker: Asker,
  atMs: number,
  topics: { readonly events: string; readonly spans: string },
): Promise<WaitingAt[]> {
  const ofEvents = sql`(_topic = ${string(topics.events)}
    OR _topic IN (SELECT _topic FROM ingest_progress WHERE stored > 0 AND _topic != ${string(topics.spans)}))`;
  return await asker.ask(
    sql`SELECT topic, partition, sum(late) AS waiting, minIf(since_ms, late > 0) AS oldest_ms, sum(in_minute) AS last_minute
      FROM (
        ${eventsAt(atMs, sql`_topic != ${string(topics.spans)}`)}
        UNION ALL ${deadAt(atMs, ofEvents)}
        UNION ALL ${readBy(atMs, ofEvents)})
      GROUP BY topic, partition ORDER BY topic, partition LIMIT 10000`,
    Row,
  );
}

const happenedBy = (atMs: number): Sql =>
  sql`toDateTime64(time, 3, 'UTC') <= ${moment(atMs)} AND saga_started < ${moment(atMs + dayMs)}`;

/** The events that had happened at a moment and were stored later: all that is read of the whole table. */
export const storedLater = (atMs: number, where: Sql): Sql =>
  sql`SELECT saga_started, saga_id, event_id FROM saga_events WHERE ingested_at > ${moment(atMs)} AND ${happenedBy(atMs)} AND ${where}`;

/** An event that was sent again may have been stored before: its copies lie beside each other. */
function eventsAt(atMs: number, where: Sql): Sql {
  return sql`SELECT tupleElement(place, 1) AS topic, tupleElement(place, 2) AS partition,
      toInt64(count()) AS late, min(happened_ms) AS since_ms, toInt64(0) AS in_minute
    FROM (
      SELECT argMin((toString(_topic), _partition), (ingested_at, _topic, _partition, _offset)) AS place,
        min(toUnixTimestamp64Milli(time)) AS happened_ms
      FROM saga_events WHERE (saga_started, saga_id, event_id) IN (${storedLater(atMs, where)}) AND ${happenedBy(atMs)} AND ${where}
      GROUP BY saga_id, event_id HAVING min(ingested_at) > ${moment(atMs)})
    GROUP BY topic, partition`;
}

/** A letter without Kafka's time is not known to have been there. */
function deadAt(atMs: number, where: Sql): Sql {
  const at = moment(atMs);
  return sql`SELECT toString(_topic) AS topic, _partition AS partition,
      toInt64(count()) AS late, min(toUnixTimestamp64Milli(message_time)) AS since_ms, toInt64(0) AS in_minute
    FROM dead_letters WHERE dead_at > ${at} AND message_time <= ${at} AND message_time > toDateTime64(0, 3) AND ${where}
    GROUP BY topic, partition`;
}

function readBy(atMs: number, where: Sql): Sql {
  const minuteMs = Math.floor(atMs / 60_000) * 60_000;
  return sql`SELECT toString(_topic) AS topic, _partition AS partition,
      toInt64(0) AS late, toInt64(0) AS since_ms, toInt64(sumIf(stored + dead, minute = ${moment(minuteMs - 60_000)})) AS in_minute
    FROM ingest_progress WHERE minute <= ${moment(minuteMs)} AND ${where}
    GROUP BY topic, partition`;
}
