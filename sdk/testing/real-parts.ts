import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import { Endpoints } from "#contracts/endpoints.ts";
import { inboxSchema } from "#sdk/inbox.ts";
import { type IncomingMessage, incomingMessage } from "#sdk/incoming-message.ts";
import { outboxSchema } from "#sdk/outbox.ts";

/** A database and topics of the test's own on the real Kafka and PostgreSQL. */
export interface RealParts {
  readonly kafka: Kafka;
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  /** Put before each topic's name. */
  readonly topicPrefix: string;
  connect(): Promise<pg.Client>;
  createTopic(name: string, partitions?: number): Promise<string>;
  /** All that is on the topic now, by partition in order. */
  readAll(topic: string): Promise<IncomingMessage[]>;
  drop(): Promise<void>;
}

/** Reads where Kafka and PostgreSQL are from `endpoints.json`; throws what to do where `file` is unset. */
export function readEndpoints(file: string | undefined): Endpoints {
  if (!file)
    throw new Error(
      "Set SAGASCOPE_ENDPOINTS to the endpoints.json of a running stack (npm start -- --only kafka,postgres)",
    );
  return Endpoints.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Opens parts of the test's own on the stack whose `endpoints.json` is `file`. */
export async function openRealParts(file: string | undefined): Promise<RealParts> {
  const endpoints = readEndpoints(file);
  const name = `sdk_${randomBytes(5).toString("hex")}`;
  const topicPrefix = `${name}.`;
  const kafka = new Kafka({ brokers: endpoints.kafka.split(","), logLevel: logLevel.ERROR });
  await inDatabase(withDatabase(endpoints.postgres, "postgres"), (client) => client.query(`CREATE DATABASE ${name}`));
  const databaseUrl = withDatabase(endpoints.postgres, name);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  await pool.query(`${outboxSchema} ${inboxSchema}`);
  const topics: string[] = [];
  return {
    kafka,
    brokers: endpoints.kafka,
    databaseUrl,
    pool,
    topicPrefix,
    connect: async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      return client;
    },
    createTopic: async (topic, numPartitions = 2) => {
      topics.push(`${topicPrefix}${topic}`);
      await withAdmin(kafka, (admin) =>
        admin.createTopics({ topics: [{ topic: `${topicPrefix}${topic}`, numPartitions }], waitForLeaders: true }),
      );
      return topic;
    },
    readAll: (topic) => readAll(kafka, `${topicPrefix}${topic}`),
    drop: async () => {
      await pool.end();
      await inDatabase(withDatabase(endpoints.postgres, "postgres"), (client) =>
        client.query(`DROP DATABASE ${name} WITH (FORCE)`),
      );
      await withAdmin(kafka, (admin) => admin.deleteTopics({ topics }));
    },
  };
}

/** Runs `work` between BEGIN and COMMIT; rolls back when it throws. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/** Polls until `check` holds; throws after `deadlineMs`, naming what did not come true. */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean> | boolean,
  deadlineMs = 60_000,
): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await check())) {
    if (Date.now() > endMs) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** All that is on the topic now, by partition in order. */
export async function readAll(kafka: Kafka, topic: string): Promise<IncomingMessage[]> {
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const missing = new Map(ends.filter((end) => end.high !== end.low).map((end) => [end.partition, BigInt(end.high)]));
  const messages: IncomingMessage[] = [];
  if (missing.size === 0) return messages;
  const consumer = kafka.consumer({ groupId: `read-${randomBytes(6).toString("hex")}`, retry: { retries: 10 } });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          messages.push(incomingMessage(topic, partition, message));
          if (BigInt(message.offset) + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition);
          if (missing.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return messages;
}

/** Runs `work` with a connected admin client. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: ReturnType<Kafka["admin"]>) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Runs `work` with a client of the database at `url`. */
export async function inDatabase(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client).finally(() => client.end());
}
