import { createProducer, type Kafka, type Message, type Producer } from "#lib/kafka.ts";
import type { Logger } from "#lib/log.ts";
import { Refusal } from "./refusal.ts";

export interface Forwarder {
  /** Resolves once Kafka has the message; throws a `Refusal` where it has not. */
  forward(topic: string, message: { value: Buffer; contentType: string }): Promise<void>;
  /** Why nothing can be forwarded now, or undefined. */
  notReady(): string | undefined;
  stop(): Promise<void>;
}

interface Waiting {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

const lingerMs = 5;
/** What goes into one produce request, unless a single message is larger. */
const batchBytes = 900_000;
const ackWithinMs = 8_000;

/** Sends to Kafka what comes within a few milliseconds in one request, and waits for all replicas to have it. */
export function startForwarder(kafka: Kafka, log: Logger): Forwarder {
  const producer = createProducer(kafka);
  let problem: string | undefined = "Kafka has not answered yet";
  let waiting: Waiting[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    for (const batch of cut(all)) {
      send(producer, batch).then(
        () => {
          problem = undefined;
          for (const one of batch) one.sent();
        },
        (error: unknown) => {
          if (!(error instanceof Refusal && error.status === 413)) problem = "Kafka did not take the last messages";
          log.warn({ err: error, messages: batch.length }, "Kafka did not take a batch");
          for (const one of batch) one.failed(error);
        },
      );
    }
  };
  let stopped = false;
  connect(producer, { log, stopped: () => stopped }).then(() => {
    problem = undefined;
  });
  return {
    notReady: () => problem,
    forward: (topic, { value, contentType }) =>
      within(
        ackWithinMs,
        new Promise((sent, failed) => {
          if (waiting.length === 0) setTimeout(flush, lingerMs);
          const message = { key: null, value, headers: { "content-type": contentType } };
          waiting.push({ topic, message, bytes: value.byteLength, sent, failed });
        }),
      ),
    stop: async () => {
      stopped = true;
      await producer.disconnect();
    },
  };
}

async function connect(producer: Producer, { log, stopped }: { log: Logger; stopped: () => boolean }): Promise<void> {
  while (!stopped()) {
    try {
      return await producer.connect();
    } catch (error) {
      log.warn({ err: error }, "Kafka does not answer; trying again");
    }
  }
}

function cut(all: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let size = 0;
  for (const one of all) {
    const last = batches.at(-1);
    if (last && size + one.bytes <= batchBytes) {
      last.push(one);
      size += one.bytes;
    } else {
      batches.push([one]);
      size = one.bytes;
    }
  }
  return batches;
}

async function send(producer: Producer, batch: readonly Waiting[]): Promise<void> {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, message } of batch) byTopic.set(topic, [...(byTopic.get(topic) ?? []), message]);
  const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  try {
    await producer.sendBatch({ acks: -1, topicMessages });
  } catch (error) {
    const type = error instanceof Error && "type" in error ? error.type : undefined;
    if (type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE")
      throw new Refusal(413, "Kafka does not take a message this large: export in smaller batches.");
    throw error;
  }
}

async function within(ms: number, sending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, "Kafka is slow: try again later.")), ms);
  });
  try {
    await Promise.race([sending, late]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(503, "Kafka did not take the telemetry: try again later.");
  } finally {
    clearTimeout(timer);
  }
}
