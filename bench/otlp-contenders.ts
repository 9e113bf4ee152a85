import { type Contender, type Course, program } from "./contenders.ts";
import { flattenedColumns } from "./flattened-rows.ts";
import type { MadeSignal } from "./made-telemetry.ts";

/** How the records of a topic are written: as the OpenTelemetry Collector does it, or as rows, ready for the store. */
export const writtenAs = ["otlp_proto", "otlp_json", "rows"] as const;
export type WrittenAs = (typeof writtenAs)[number];

export const telemetryTables = { traces: "otel_traces", logs: "otel_logs" } as const satisfies Record<
  MadeSignal,
  string
>;

export interface OtlpContender extends Contender {
  readonly reads: WrittenAs;
}

/** Those who move a signal's topic into its table. */
export function otlpContenders(signal: MadeSignal): OtlpContender[] {
  return [ingest(signal, "otlp_proto"), ingest(signal, "otlp_json"), kafkaEngine(signal, 1), kafkaEngine(signal, 2)];
}

function ingest(signal: MadeSignal, reads: WrittenAs): OtlpContender {
  return {
    name: `Sagascope's ingest, ${reads}`,
    reads,
    takesAnyJson: false,
    start: async ({ brokers, topic, clickhouseUrl, name }: Course) =>
      program("ingest/main.ts", {
        KAFKA_BROKERS: brokers,
        SAGA_EVENTS_TOPIC: "bench.no.events",
        OTLP_SPANS_TOPIC: signal === "traces" ? topic : "bench.no.spans",
        OTLP_LOGS_TOPIC: signal === "logs" ? topic : "bench.no.logs",
        OTLP_METRICS_TOPIC: "bench.no.metrics",
        CLICKHOUSE_URL: clickhouseUrl,
        INGEST_GROUP: name,
        LOG_LEVEL: "error",
        PORT: "0",
      }),
  };
}

/** ClickHouse's own Kafka engine, at least once. */
function kafkaEngine(signal: MadeSignal, consumers: number): OtlpContender {
  const table = telemetryTables[signal];
  return {
    name: `Kafka engine, flattened rows, ${consumers} consumer${consumers > 1 ? "s" : ""}`,
    reads: "rows",
    takesAnyJson: true,
    async start({ brokers, topic, client, name }) {
      const names = columnList(signal);
      await client.command({
        query: `CREATE TABLE from_kafka ENGINE = Kafka SETTINGS kafka_broker_list = '${brokers}',
          kafka_topic_list = '${topic}', kafka_group_name = '${name}', kafka_format = 'JSONEachRow',
          kafka_num_consumers = ${consumers}, kafka_thread_per_consumer = 1, kafka_max_block_size = 65536, kafka_flush_interval_ms = 1000
          AS SELECT ${names} FROM ${table} LIMIT 0`,
      });
      await client.command({
        query: `CREATE MATERIALIZED VIEW from_kafka_rows TO ${table} AS
          SELECT ${names}, _topic, _partition, _offset FROM from_kafka`,
      });
      return {
        pid: undefined,
        async stop() {
          await client.command({ query: "DROP VIEW from_kafka_rows" });
          await client.command({ query: "DROP TABLE from_kafka" });
        },
      };
    },
  };
}

/** The columns of a flattened row, as SQL has them. */
export function columnList(signal: MadeSignal): string {
  return flattenedColumns[signal].map((column) => `\`${column}\``).join(", ");
}
