import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { Kafka, logLevel } from "kafkajs";
import { onFreshStack } from "./fresh-stack.ts";
import { numberFlags } from "./number-flags.ts";
import { type TopicBytes, topicBytes } from "./topic-bytes.ts";

// All that makes the demo's past day and stores it; not the dashboard.
const parts =
  "kafka,clickhouse,postgres,collector,ingest,users,orders,payments,inventory,shipping,orchestrator,gateway,load";

/** What comes by a topic, the table of its rows, and all that is made of them. */
const kinds = [
  {
    what: "saga event",
    topic: "saga.events",
    table: "saga_events",
    behind: [
      "sagas",
      "saga_steps",
      "saga_list",
      "saga_errors",
      "saga_changes",
      "saga_counts",
      "saga_durations",
      "saga_quarters",
      "saga_rollups",
    ],
  },
  {
    what: "span",
    topic: "otlp_spans",
    table: "otel_traces",
    behind: ["otel_traces_trace_id_ts", "http_requests", "service_spans"],
  },
  { what: "log line", topic: "otlp_logs", table: "otel_logs", behind: [] },
] as const;

/**
 * Sends the demo's past day down the road, and compares what the store keeps of it on disk, all tables and indexes behind
 * included, once all is merged, with the same as raw JSON: the messages' values as they lie in Kafka, not compressed.
 */
export async function benchSize(flags: readonly string[]): Promise<void> {
  const { sagas } = numberFlags(flags, { sagas: 20_000 });
  const env = { DEMO_HISTORY: String(sagas), DEMO_RATE: "0" };
  await onFreshStack(parts, ({ kafka, clickhouse }) => compare(sagas, { brokers: kafka, clickhouse }), env);
}

async function compare(sagas: number, { brokers, clickhouse }: { brokers: string; clickhouse: string }): Promise<void> {
  const kafka = new Kafka({ clientId: "bench", brokers: brokers.split(","), logLevel: logLevel.NOTHING });
  const client = createClient({
    url: clickhouse,
    request_timeout: 300_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    await historySent(kafka);
    await allKept(client);
    console.log(`The demo's past day of ${sagas} sagas, merged; bytes each`);
    for (const kind of kinds) await report(kind, client, await topicBytes(kafka, kind.topic));
  } finally {
    await client.close();
  }
}

/** The sender leaves a mark in a topic when all is sent. */
async function historySent(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  for (;;) {
    const offsets = await admin.fetchTopicOffsets("demo.history").catch(() => []);
    if (offsets.some(({ high }) => high !== "0")) break;
    await sleep(1000);
  }
  await admin.disconnect();
}

/** What is made of sagas some seconds later is made of all of them, and past hours are counted as far as they will be. */
async function allKept(client: ClickHouseClient): Promise<void> {
  const query = `SELECT (SELECT count() FROM sagas FINAL) AS sagas, (SELECT count() FROM saga_list FINAL) AS listed,
    (SELECT count() FROM saga_counts FINAL WHERE holds AND notEmpty(saga_version)) AS hours`;
  for (let hoursBefore: string | undefined; ; ) {
    const [row] = await ask<{ sagas: string; listed: string; hours: string }>(client, query);
    if (row && row.sagas !== "0" && row.sagas === row.listed && row.hours === hoursBefore) return;
    hoursBefore = row?.hours;
    await sleep(45_000);
  }
}

async function report(
  { what, table, behind }: (typeof kinds)[number],
  client: ClickHouseClient,
  raw: TopicBytes,
): Promise<void> {
  const rows = await rowsBelow(client, table, raw.next);
  const tables = [table, ...behind];
  for (const name of tables) await client.command({ query: `OPTIMIZE TABLE ${name} FINAL` });
  const sizes = await ask<{ name: string; bytes: string; indexes: string; own: string }>(
    client,
    `SELECT table AS name, sum(bytes_on_disk) AS bytes, sum(secondary_indices_compressed_bytes) AS indexes, sum(rows) AS own
     FROM system.parts WHERE active AND database = currentDatabase() AND table IN (${tables.map((name) => `'${name}'`)}) GROUP BY table`,
  );
  // What came while we counted is in the tables too: it is shared out over their own rows.
  const all = Number(sizes.find(({ name }) => name === table)?.own);
  const stored = sizes.reduce((sum, { bytes }) => sum + Number(bytes), 0) / all;
  const each = raw.bytes / rows;
  console.log(
    `${what.padEnd(11)} ${each.toFixed(0).padStart(5)} raw  ${stored.toFixed(1).padStart(6)} stored  ${(each / stored).toFixed(1)} ×   ` +
      sizes.map(({ name, bytes }) => `${name} ${(Number(bytes) / all).toFixed(1)}`).join(", "),
  );
  console.log(`            largest: ${await largestColumns(client, { tables, rows: all })}`);
}

async function largestColumns(
  client: ClickHouseClient,
  { tables, rows }: { tables: readonly string[]; rows: number },
): Promise<string> {
  const columns = await ask<{ name: string; bytes: string }>(
    client,
    `SELECT concat(table, '.', column) AS name, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
     WHERE active AND database = currentDatabase() AND table IN (${tables.map((name) => `'${name}'`)})
     GROUP BY name ORDER BY bytes DESC LIMIT 8`,
  );
  return columns.map(({ name, bytes }) => `${name} ${(Number(bytes) / rows).toFixed(1)}`).join(", ");
}

/** How many rows came of the first messages of a topic, up to `next`; waits until they are stored. */
async function rowsBelow(client: ClickHouseClient, table: string, next: number): Promise<number> {
  for (;;) {
    const [row] = await ask<{ rows: string; last: string }>(
      client,
      `SELECT countIf(_offset < ${next}) AS rows, max(_offset) AS last FROM ${table}`,
    );
    if (row && Number(row.last) >= next - 1) return Number(row.rows);
    await sleep(1000);
  }
}

async function ask<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  return await (await client.query({ query, format: "JSONEachRow" })).json<Row>();
}
