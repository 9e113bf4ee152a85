import { topics } from "#contracts/topics.ts";
import { kafkaOf } from "#embedded/kafka/topics.ts";

/** Sends JSON that is no event; the id of the dead letter that it becomes. */
export async function makeDeadLetter(brokers: string): Promise<string> {
  const producer = kafkaOf(brokers, {}).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    const [sent] = await producer.send({ topic: topics.sagaEvents, messages: [{ key: "none", value: "{}" }] });
    return `${topics.sagaEvents}:${sent?.partition}:${sent?.baseOffset}`;
  } finally {
    await producer.disconnect();
  }
}
