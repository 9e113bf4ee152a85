import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Endpoints } from "#contracts/endpoints.ts";
import { type Admin, createKafka, createProducer, type Kafka, type Producer } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { createStoreClient, type StoreClient } from "#store/clickhouse/client.ts";
import { migrateClickhouse } from "#store/clickhouse/migrate.ts";
import { makeTestDatabase } from "#store/clickhouse/own-database.ts";
import { readMigrations } from "#store/migration-files.ts";

/** Topics and a database of one test's own, on the stack that `SAGASCOPE_ENDPOINTS` names. */
export interface TestStack {
  readonly kafka: string;
  readonly clickhouseUrl: string;
  readonly topics: { readonly events: string; readonly spans: string; readonly logs: string; readonly metrics: string };
  readonly producer: Producer;
  readonly store: StoreClient;
  /** Settings that make ingest read these topics into this database. */
  readonly env: Readonly<Record<string, string>>;
  /** The first row of an answer, its values as text. */
  ask(query: string): Promise<Record<string, string>>;
  /** Whether the group has moved its offset to the end of each partition of a topic, the events' unless said: then all of it is settled. */
  isRead(topic?: string): Promise<boolean>;
  close(): Promise<void>;
}

export function endpoints(env: Record<string, string | undefined>): Endpoints {
  const path = env.SAGASCOPE_ENDPOINTS;
  if (!path) throw new Error("SAGASCOPE_ENDPOINTS must name the endpoints.json of a running stack");
  return Endpoints.parse(JSON.parse(readFileSync(path, "utf8")));
}

/** A client of the test's own, which says nothing. */
export const kafkaAt = (broker: string, { retries }: { retries?: number } = {}): Kafka =>
  createKafka(
    { KAFKA_BROKERS: [broker], KAFKA_TLS: false },
    { clientId: "test", log: createLogger("test", "silent"), ...(retries === undefined ? {} : { retries }) },
  );

/** `clickhouse` instead of the stack's own store: the server's URL, without a database. */
export async function openStack(
  at: Endpoints,
  { clickhouse, partitions = 4 }: { clickhouse?: string; partitions?: number } = {},
): Promise<TestStack> {
  const name = `test_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const topics = { events: `${name}.events`, spans: `${name}.spans`, logs: `${name}.logs`, metrics: `${name}.metrics` };
  const kafka = kafkaAt(at.kafka);
  const admin = kafka.admin();
  await admin.connect();
  await createTopics(admin, Object.values(topics), partitions);
  const producer = createProducer(kafka);
  await producer.connect();
  const url = new URL(clickhouse ?? at.clickhouse);
  url.pathname = `/${name}`;
  // A server of the test's own may be killed: there nothing is kept that another test relies on.
  if (clickhouse)
    await migrateClickhouse(url.href, await readMigrations(`${import.meta.dirname}/../store/clickhouse/migrations`));
  else await makeTestDatabase(url, at);
  const store = createStoreClient(url.href);
  return {
    kafka: at.kafka,
    clickhouseUrl: url.href,
    topics,
    producer,
    store,
    env: {
      KAFKA_BROKERS: at.kafka,
      CLICKHOUSE_URL: url.href,
      SAGA_EVENTS_TOPIC: topics.events,
      OTLP_SPANS_TOPIC: topics.spans,
      OTLP_LOGS_TOPIC: topics.logs,
      OTLP_METRICS_TOPIC: topics.metrics,
      INGEST_GROUP: name,
    },
    ask: async (query) => {
      const answer = await store.query({ query, format: "JSONEachRow" });
      const [row = {}] = await answer.json<Record<string, unknown>>();
      return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)]));
    },
    isRead: async (topic = topics.events) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [of] = await admin.fetchOffsets({ groupId: `${name}-${topic}`, topics: [topic] });
      const moved = new Map(of?.partitions.map(({ partition, offset }) => [partition, offset]));
      return ends.every(({ partition, high }) => high === "0" || moved.get(partition) === high);
    },
    close: async () => {
      await store.command({ query: "DROP DATABASE {name:Identifier}", query_params: { name } }).catch(() => undefined);
      await Promise.all([store.close(), producer.disconnect(), deleteTopics(admin, Object.values(topics))]);
    },
  };
}

/**
 * Creates topics and waits until each of their logs is there: the client sends all of a batch again for one partition
 * that is not.
 */
export async function createTopics(admin: Admin, topics: readonly string[], partitions: number): Promise<void> {
  const wanted = topics.map((topic) => ({ topic, numPartitions: partitions }));
  await admin.createTopics({ topics: wanted, waitForLeaders: false });
  for (const topic of topics)
    await eventually(
      () => admin.fetchTopicOffsets(topic),
      (offsets) => offsets.length === partitions,
    );
}

async function deleteTopics(admin: Admin, topics: string[]): Promise<void> {
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}

export interface Part {
  /** Where it answers `/metrics` and `/readyz`. */
  readonly url: string;
  /** What it has written so far. */
  readonly lines: readonly string[];
  /** SIGSTOP puts it to sleep, SIGCONT wakes it. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Kills it the hard way and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a part of the product as a process of its own and waits for its line with a port. */
export async function startPart(main: string, env: Record<string, string>): Promise<Part> {
  const child = spawn(process.execPath, [main], {
    cwd: `${import.meta.dirname}/..`,
    env: { NODE_ENV: "test", HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  child.stderr.on("data", (piece: Buffer) => lines.push(String(piece)));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      const match = /"port":(\d+)/.exec(line);
      if (match) resolve(Number(match[1]));
    });
    child.once("exit", () => reject(new Error(`${main} ended before it listened:\n${lines.join("\n")}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    signal: (signal) => child.kill(signal),
    kill: () => end(child, "SIGKILL").then(() => undefined),
    stop: () => end(child, "SIGTERM"),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  return await gone;
}

/** Asks again until the answer will do; fails with the last one at the deadline. */
export async function eventually<T>(
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  withinMs = 120_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error);
    if (!(answer instanceof Error) && good(answer as T)) return answer as T;
    if (Date.now() > deadline)
      throw new Error(`Still not so: ${answer instanceof Error ? answer : JSON.stringify(answer)}`);
    await sleep(200);
  }
}
