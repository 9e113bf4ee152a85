import { randomUUID } from "node:crypto";
import { isUnknownTopic } from "#ingest/kafka-errors.ts";
import type { Message } from "#ingest/message.ts";
import { toBatch } from "#ingest/placed-batch.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Admin, Consumer, Kafka } from "#lib/kafka.ts";
import type { From } from "./flags.ts";

export interface Wanted {
  readonly topic: string;
  readonly from: From;
  readonly limit: number;
  /** What the name of the group begins with, which is made for this and gone after it. */
  readonly group: string;
}

/** From `start` to before `end`. */
export interface Stretch {
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

// A transaction that is open keeps back what stands in the log.
const patienceMs = 10_000;

/** Some messages of a topic, in the order of their time; nothing is committed. Throws `NOT_FOUND` without the topic. */
export async function readSome(kafka: Kafka, { topic, from, limit, group }: Wanted): Promise<Message[]> {
  const admin = kafka.admin();
  const groupId = `${group}-dry-run-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  try {
    await admin.connect();
    const stretches = stretchesOf(await offsetsOf(admin, topic), from, limit);
    if (stretches.length === 0) return [];
    const messages = await readStretches(consumer, topic, stretches);
    const inOrder = messages.toSorted(
      (a, b) => a.timeMs - b.timeMs || a.partition - b.partition || (a.offset < b.offset ? -1 : 1),
    );
    return from.kind === "latest" ? inOrder.slice(-Math.min(from.back, limit)) : inOrder.slice(0, limit);
  } finally {
    await consumer.disconnect();
    // A group without offsets is forgotten in any case.
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}

async function offsetsOf(admin: Admin, topic: string) {
  try {
    return await admin.fetchTopicOffsets(topic);
  } catch (cause) {
    if (!isUnknownTopic(cause)) throw cause;
    throw new SagascopeError("NOT_FOUND", `There is no topic ${topic}.`, { cause });
  }
}

/** What to read of each partition that has something there. */
export function stretchesOf(
  partitions: readonly { partition: number; low: string; high: string }[],
  from: From,
  limit: number,
): Stretch[] {
  return partitions.flatMap(({ partition, low, high }) => {
    const wanted = from.kind === "offset" ? from.offset : BigInt(high) - BigInt(from.back);
    const start = wanted > BigInt(low) ? wanted : BigInt(low);
    const past = from.kind === "offset" ? start + BigInt(limit) : BigInt(high);
    const end = past < BigInt(high) ? past : BigInt(high);
    return start < end ? [{ partition, start, end }] : [];
  });
}

async function readStretches(consumer: Consumer, topic: string, stretches: readonly Stretch[]): Promise<Message[]> {
  const messages: Message[] = [];
  const open = new Map(stretches.map((stretch) => [stretch.partition, stretch]));
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  let patience = setTimeout(resolve, patienceMs);
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const stretch = open.get(batch.partition);
        if (!stretch) return;
        clearTimeout(patience);
        patience = setTimeout(resolve, patienceMs);
        const at = { topic, partition: batch.partition };
        for (const message of batch.messages) {
          const read = toBatch(message, at);
          for (let index = 0; index < read.count; index += 1) {
            const offset = read.offsetAt(index);
            if (offset >= stretch.start && offset < stretch.end) messages.push(read.at(index));
          }
        }
        if (BigInt(batch.lastOffset()) + 1n >= stretch.end) open.delete(batch.partition);
        if (open.size === 0) resolve();
      },
    });
    for (const { partition, start } of stretches) consumer.seek({ topic, partition, offset: String(start) });
    await over;
  } finally {
    clearTimeout(patience);
  }
  return messages;
}
