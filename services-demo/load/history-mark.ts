import type { Admin, Producer } from "kafkajs";

const topic = "demo.history";

/**
 * Whether the past day was sent already. The mark is a record in a topic of its own, so that it lies where the day
 * lies: another Kafka wants its own.
 */
export async function isHistorySent(admin: Admin): Promise<boolean> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, configEntries: [{ name: "retention.ms", value: "-1" }] }],
  });
  const [partition] = await admin.fetchTopicOffsets(topic);
  return Number(partition?.offset ?? 0) > 0;
}

export async function markHistorySent(producer: Producer, mark: { count: number; seed: number; endMs: number }) {
  await producer.send({ topic, messages: [{ value: JSON.stringify(mark) }] });
}
