import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { cloudEventsContentType } from "#contracts/saga-event.ts";
import { madeEvent, madeGarbage } from "./made-events.ts";

export interface MadeRun {
  readonly topic: string;
  /** The first event's number, and how many. */
  readonly from: number;
  readonly count: number;
  readonly beganMs: number;
  /** The share (0..1) of messages that are garbage. */
  readonly garbage: number;
}

/** What a run of messages came to. */
export interface Made {
  readonly bytes: number;
  readonly events: number;
  /** Garbage that is JSON all the same. */
  readonly wrongJson: number;
}

const together = 5_000;
const giveUpAfterMs = 60_000;

/**
 * A topic of its own with so many partitions. Each of their logs is there then: the client sends all of a batch again for one
 * that is not.
 */
export async function createTopic(brokers: string, topic: string, partitions: number): Promise<void> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions }] });
  const deadlineMs = performance.now() + giveUpAfterMs;
  while ((await admin.fetchTopicOffsets(topic).catch(() => [])).length < partitions) {
    if (performance.now() > deadlineMs) throw new Error(`${topic} has not all its partitions`);
    await sleep(100);
  }
  await admin.disconnect();
}

export async function connectProducer(brokers: string): Promise<Producer> {
  const producer = clientOf(brokers).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}

const clientOf = (brokers: string) =>
  new Kafka({ clientId: "bench", brokers: brokers.split(","), logLevel: logLevel.ERROR });

/** Sends made events, some of them garbage, the same for the same run. */
export async function sendMade(producer: Producer, run: MadeRun): Promise<Made> {
  const { topic, from, count } = run;
  let [bytes, events, wrongJson] = [0, 0, 0];
  for (let sent = 0; sent < count; sent += together) {
    const messages = Array.from({ length: Math.min(together, count - sent) }, (_, index) => {
      const made = madeMessage(from + sent + index, run);
      bytes += made.value.length;
      if (made.kind === "event") events += 1;
      if (made.kind === "wrong JSON") wrongJson += 1;
      return { key: made.key, value: made.value, headers: { "content-type": cloudEventsContentType } };
    });
    await producer.send({ topic, messages });
  }
  return { bytes, events, wrongJson };
}

function madeMessage(number: number, { beganMs, garbage }: MadeRun) {
  const event = madeEvent(number, { beganMs });
  const key = event.correlationid;
  const isGarbage = Math.floor((number + 1) * garbage) > Math.floor(number * garbage);
  if (!isGarbage) return { kind: "event", key, value: JSON.stringify(event) } as const;
  const value = madeGarbage(number, { beganMs });
  return { kind: isJson(value) ? "wrong JSON" : "no JSON", key, value } as const;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
