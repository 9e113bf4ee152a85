import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ClickHouseClient } from "@clickhouse/client";

/** Where a contender reads from and writes to: a topic full of saga events, a migrated database of its own. */
export interface Course {
  readonly brokers: string;
  readonly topic: string;
  readonly partitions: number;
  readonly clickhouseUrl: string;
  readonly client: ClickHouseClient;
  /** Unique to this run. */
  readonly name: string;
}

export interface Contender {
  readonly name: string;
  /** Whether a message that is JSON, but no saga event, makes a row. */
  readonly takesAnyJson: boolean;
  /** Begins to move everything from the topic into the table `saga_events`; resolves with how to stop, and its process. */
  start(course: Course): Promise<{ pid: number | undefined; stop(): Promise<void> }>;
}

const root = join(import.meta.dirname, "..");

/** Runs one of our programs as a process of its own. */
export function program(file: string, env: Readonly<Record<string, string>>) {
  // As the launcher starts ingest.
  const node = ["--max-old-space-size=112", "--max-semi-space-size=4", "--disable-warning=TimeoutNegativeWarning"];
  const child: ChildProcess = spawn(process.execPath, [...node, join(root, file)], {
    env: {
      ...process.env,
      MALLOC_TRIM_THRESHOLD_: "131072",
      NODE_COMPILE_CACHE: join(root, ".cache/compiled"),
      ...env,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit");
  return {
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

const environment = ({ brokers, topic, clickhouseUrl, name }: Course) => ({
  KAFKA_BROKERS: brokers,
  SAGA_EVENTS_TOPIC: topic,
  CLICKHOUSE_URL: clickhouseUrl,
  INGEST_GROUP: name,
  LOG_LEVEL: "error",
  PORT: "0",
});

export const sagascope: Contender = {
  name: "Sagascope's ingest",
  takesAnyJson: false,
  start: async (course) => program("ingest/main.ts", environment(course)),
};

export const usualWorker: Contender = {
  name: "kafkajs eachMessage → JSON.parse → 1,000 objects an insert",
  takesAnyJson: true,
  start: async (course) => program("bench/usual-worker.ts", environment(course)),
};

const eventTuple = `Tuple(id String, correlationid String, sagatype String, sagaversion String, type String, source String,
  subject String, causationid String, traceparent String, time String, sagastarted String,
  data Tuple(step String, attempt UInt16, compensates String, serviceVersion String, labels Map(String, String),
    plan Array(String), deadline String, error Tuple(code String, message String, retryable Bool), payload String))`;

const columnsOfEvent = `
  tupleElement(e, 'id') AS event_id, tupleElement(e, 'correlationid') AS saga_id, tupleElement(e, 'sagatype') AS saga_type,
  tupleElement(e, 'sagaversion') AS saga_version, tupleElement(e, 'type') AS event_type, tupleElement(e, 'source') AS source,
  tupleElement(e, 'subject') AS subject, tupleElement(e, 'causationid') AS causation_id,
  substring(tupleElement(e, 'traceparent'), 4, 32) AS trace_id, substring(tupleElement(e, 'traceparent'), 37, 16) AS span_id,
  parseDateTime64BestEffort(tupleElement(e, 'time'), 9, 'UTC') AS time,
  parseDateTime64BestEffort(tupleElement(e, 'sagastarted'), 3, 'UTC') AS saga_started,
  tupleElement(e, 'data') AS d, tupleElement(d, 'step') AS step, tupleElement(d, 'attempt') AS attempt,
  tupleElement(d, 'compensates') AS compensates, tupleElement(d, 'serviceVersion') AS service_version,
  tupleElement(d, 'labels') AS labels, tupleElement(d, 'plan') AS plan,
  parseDateTime64BestEffortOrZero(tupleElement(d, 'deadline'), 3, 'UTC') AS deadline,
  tupleElement(tupleElement(d, 'error'), 'code') AS error_code, tupleElement(tupleElement(d, 'error'), 'message') AS error_message,
  tupleElement(tupleElement(d, 'error'), 'retryable') AS error_retryable, tupleElement(d, 'payload') AS payload,
  _topic, _partition, _offset`;

const typedColumns = eventTuple.slice("Tuple(".length, -1);

/** ClickHouse's own Kafka engine, at least once, with nothing checked; `settings` are the engine's. */
export function kafkaEngine(
  name: string,
  { format, settings }: { format: "JSONAsString" | "JSONEachRow"; settings: Readonly<Record<string, string | number>> },
): Contender {
  return {
    name: `Kafka engine, ${name}`,
    takesAnyJson: true,
    async start({ brokers, topic, client, name: group }) {
      const all = {
        kafka_broker_list: brokers,
        kafka_topic_list: topic,
        kafka_group_name: group,
        kafka_format: format,
        ...settings,
      };
      const list = Object.entries(all).map(
        ([key, value]) => `${key} = ${typeof value === "number" ? value : `'${value}'`}`,
      );
      const columns = format === "JSONAsString" ? "message String" : typedColumns;
      const e =
        format === "JSONAsString"
          ? `JSONExtract(message, '${eventTuple.replaceAll("'", "\\'")}')`
          : `tuple(id, correlationid, sagatype, sagaversion, type, source, subject, causationid, traceparent, time, sagastarted, data)::${eventTuple}`;
      await client.command({
        query: `CREATE TABLE from_kafka (${columns}) ENGINE = Kafka SETTINGS ${list.join(", ")}`,
      });
      await client.command({
        query: `CREATE MATERIALIZED VIEW kafka_events TO saga_events AS SELECT * EXCEPT d FROM (SELECT ${columnsOfEvent} FROM (SELECT ${e} AS e, _topic, _partition, _offset FROM from_kafka))`,
      });
      return {
        pid: undefined,
        async stop() {
          await client.command({ query: "DROP VIEW kafka_events" });
          await client.command({ query: "DROP TABLE from_kafka" });
        },
      };
    },
  };
}
