import { createClient } from "@clickhouse/client";
import { Kafka, logLevel } from "kafkajs";

// The worker that one writes first: every message is parsed, a thousand make an insert, offsets are committed by themselves.
const { KAFKA_BROKERS = "", SAGA_EVENTS_TOPIC = "", CLICKHOUSE_URL = "", INGEST_GROUP = "" } = process.env;
const client = createClient({ url: CLICKHOUSE_URL });
const consumer = new Kafka({ brokers: KAFKA_BROKERS.split(","), logLevel: logLevel.ERROR }).consumer({
  groupId: INGEST_GROUP,
});
let rows: unknown[] = [];

async function flush(): Promise<void> {
  const values = rows;
  rows = [];
  if (values.length > 0) await client.insert({ table: "saga_events", values, format: "JSONEachRow" });
}

const stored = (iso: string | undefined) => (iso === undefined ? undefined : iso.replace("T", " ").replace("Z", ""));

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

await consumer.connect();
await consumer.subscribe({ topic: SAGA_EVENTS_TOPIC, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, partition, message }) => {
    const event = parsed(message.value?.toString() ?? "null");
    if (!event?.data) return;
    const { data } = event;
    rows.push({
      event_id: event.id,
      saga_id: event.correlationid,
      saga_type: event.sagatype,
      saga_version: event.sagaversion,
      event_type: event.type,
      source: event.source,
      subject: event.subject,
      causation_id: event.causationid,
      trace_id: event.traceparent?.slice(3, 35),
      span_id: event.traceparent?.slice(36, 52),
      time: stored(event.time),
      saga_started: stored(event.sagastarted),
      step: data.step,
      attempt: data.attempt,
      service_version: data.serviceVersion,
      labels: data.labels,
      plan: data.plan,
      _topic: topic,
      _partition: partition,
      _offset: message.offset,
    });
    if (rows.length >= 1000) await flush();
  },
});
setInterval(flush, 1000);
process.once("SIGTERM", async () => {
  await consumer.disconnect();
  await flush();
  process.exit(0);
});
