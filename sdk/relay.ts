import { type Kafka, Partitioners, type Producer, type TopicMessages } from "kafkajs";
import type { Client } from "pg";
import { topics } from "#contracts/topics.ts";
import { backoffMs, pause } from "./backoff.ts";
import { startSendSpan, untraced } from "./hop-span.ts";
import type { Log } from "./log.ts";
import { outboxChannel } from "./outbox.ts";

export interface Relay {
  /** Whether this relay is the one that publishes and its last round went well. */
  isPublishing(): boolean;
  /** Messages that Kafka has acknowledged since the start. */
  published(): number;
  /** Finishes the round under way, then lets go. */
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly kafka: Kafka;
  /** Gives a connected client of the relay's own. */
  readonly connect: () => Promise<Client>;
  readonly log: Log;
  /** Put before each topic's name, so that several systems can share a Kafka. */
  readonly topicPrefix?: string;
}

interface OutboxRow {
  id: string;
  topic: string;
  key: string;
  headers: Record<string, string>;
  value: string;
}

/** Only one relay a database may publish, or order is lost: it holds this advisory lock. */
const relayLock = 0x5a6a_0b0c;
const maxRows = 500;
/** Together a batch must stay below Kafka's limit for one request. */
const maxBatchBytes = 600_000;
/** A wake-up is expected by NOTIFY; this is how long a lost one can delay a message. */
const longestWaitMs = 1000;
const shortestRoundMs = 10;
const retry = { firstMs: 100, mostMs: 5000 };

/**
 * Publishes the outbox: in the order it was written, at least once (a row is deleted after Kafka's acknowledgement), by one relay
 * at a time. While Kafka or PostgreSQL is away it backs off and goes on by itself.
 */
export function startRelay({ kafka, connect, log, topicPrefix = "" }: RelayOptions): Relay {
  const stopping = new AbortController();
  const state = { publishing: false, published: 0 };
  const run = async () => {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      try {
        await publishUntilStopped({
          kafka,
          connect,
          topicPrefix,
          state,
          signal: stopping.signal,
          onProgress: () => {
            attempt = 1;
          },
        });
      } catch (error) {
        state.publishing = false;
        log.warn({ error: String(error), attempt }, "The outbox relay lost Kafka or PostgreSQL and will try again");
        await pause(backoffMs(attempt + 1, retry), stopping.signal);
      }
    }
  };
  const running = untraced(run);
  return {
    isPublishing: () => state.publishing,
    published: () => state.published,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

interface Run {
  topicPrefix: string;
  kafka: Kafka;
  connect: () => Promise<Client>;
  state: { publishing: boolean; published: number };
  signal: AbortSignal;
  onProgress: () => void;
}

async function publishUntilStopped({ kafka, connect, topicPrefix, state, signal, onProgress }: Run): Promise<void> {
  const client = await connect();
  // A new producer on each try: an idempotent one that has lost its sequence stays lost.
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
  });
  let lost: Error | undefined;
  const doorbell = createDoorbell(signal);
  client.on("error", (error) => {
    lost = error;
    doorbell.ring();
  });
  client.on("notification", doorbell.ring);
  try {
    await client.query(`LISTEN ${outboxChannel}`);
    await producer.connect();
    while (!signal.aborted && !(await takeLock(client))) await pause(500, signal);
    while (!signal.aborted) {
      if (lost) throw lost;
      const roundMs = performance.now();
      doorbell.reset();
      const { rows, more } = await readRows(client);
      if (rows.length > 0) await publish(rows, { producer, client, topicPrefix });
      state.publishing = true;
      state.published += rows.length;
      onProgress();
      if (!more) await doorbell.wait(longestWaitMs);
      // Under load, a little patience makes many messages one request; the first after a lull goes out at once.
      await pause(shortestRoundMs - (performance.now() - roundMs), signal);
    }
  } finally {
    state.publishing = false;
    await Promise.allSettled([client.end(), producer.disconnect()]);
  }
}

async function takeLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [relayLock]);
  return rows[0]?.taken === true;
}

async function readRows(client: Client): Promise<{ rows: OutboxRow[]; more: boolean }> {
  const { rows } = await client.query<OutboxRow>({
    name: "read-outbox",
    text: "SELECT id, topic, key, headers, value FROM outbox ORDER BY id LIMIT $1",
    values: [maxRows],
  });
  let bytes = 0;
  const tooMuch = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(row.value) + 1000;
    return index > 0 && bytes > maxBatchBytes;
  });
  return tooMuch === -1 ? { rows, more: rows.length === maxRows } : { rows: rows.slice(0, tooMuch), more: true };
}

async function publish(
  rows: readonly OutboxRow[],
  { producer, client, topicPrefix }: { producer: Producer; client: Client; topicPrefix: string },
): Promise<void> {
  const spans = rows.map((row) =>
    // A saga event is a record of what its hop did; a span each would say nothing more.
    row.topic === topics.sagaEvents ? { headers: row.headers, end: () => {} } : startSendSpan(row),
  );
  const byTopic = new Map<string, TopicMessages>();
  rows.forEach(({ topic, key, value }, index) => {
    const messages = byTopic.get(topic) ?? { topic: `${topicPrefix}${topic}`, messages: [] };
    messages.messages.push({ key, value, headers: { ...spans[index]?.headers } });
    byTopic.set(topic, messages);
  });
  try {
    await producer.sendBatch({ acks: -1, topicMessages: [...byTopic.values()] });
  } catch (error) {
    for (const span of spans) span.end(error as Error);
    throw error;
  }
  for (const span of spans) span.end();
  // Delete last: a crash above this line publishes the rows again, and the receivers' inboxes make that harmless.
  await client.query({
    name: "delete-published",
    text: "DELETE FROM outbox WHERE id = ANY($1::bigint[])",
    values: [rows.map((row) => row.id)],
  });
}

/** Lets a loop sleep until rung, also when the bell rang before it lay down. */
function createDoorbell(signal: AbortSignal) {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    reset: () => {
      rung = false;
    },
    wait: async (ms: number) => {
      if (rung || signal.aborted) return;
      const woken = new AbortController();
      wake = () => woken.abort();
      signal.addEventListener("abort", wake, { once: true });
      await pause(ms, woken.signal);
      signal.removeEventListener("abort", wake);
      wake = undefined;
    },
  };
}
