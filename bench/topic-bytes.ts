import { randomUUID } from "node:crypto";
import type { Kafka } from "kafkajs";

export interface TopicBytes {
  /** The offset behind the last message that was counted. */
  readonly next: number;
  /** Of the messages' values, not compressed. */
  readonly bytes: number;
}

/** Reads what a topic of one partition holds now. */
export async function topicBytes(kafka: Kafka, topic: string): Promise<TopicBytes> {
  const admin = kafka.admin();
  await admin.connect();
  const [partition, ...others] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  if (!partition || others.length > 0) throw new Error(`${topic} has ${others.length + 1} partitions, not one`);
  const next = Number(partition.high);
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let bytes = 0;
  const { promise: read, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { offset, value } of batch.messages) if (Number(offset) < next) bytes += value?.byteLength ?? 0;
      if (Number(batch.lastOffset()) >= next - 1) resolve();
    },
  });
  await read;
  await consumer.disconnect();
  return { next, bytes };
}
