import { messageOf, SagascopeError } from "./errors.ts";
import { createProducer, type Kafka, type Message, type Producer } from "./kafka.ts";

/** A message for a place that its sender chooses. */
export interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer[]>>;
}

/** Nobody was there to take the message, and nobody will be there for the next one. */
export class KafkaNotReached extends SagascopeError {
  constructor(cause: unknown) {
    super("KAFKA_REFUSED", "Kafka does not answer; nothing was sent.", { cause });
  }
}

export interface Sender {
  /**
   * Resolves with the message's offset once all replicas have it. Throws `KAFKA_REFUSED` where it was surely not taken
   * (`KafkaNotReached` where it did not even come so far), and `KAFKA_DOWN` where nobody knows.
   */
  send(message: Outgoing): Promise<string>;
  stop(): Promise<void>;
}

/** Sends one message at a time; connects when there is the first one. */
export function createSender(kafka: Kafka): Sender {
  const producer = createProducer(kafka);
  let connected: Promise<void> | undefined;
  return {
    async send({ topic, partition, key, value, headers }) {
      connected ??= producer.connect();
      try {
        await connected;
      } catch (cause) {
        connected = undefined;
        throw new KafkaNotReached(cause);
      }
      return await put(producer, topic, { partition, key, value, headers: { ...headers } });
    },
    stop: () => producer.disconnect(),
  };
}

async function put(producer: Producer, topic: string, message: Message): Promise<string> {
  try {
    const [sent] = await producer.send({ topic, acks: -1, messages: [message] });
    if (sent?.baseOffset === undefined) throw new Error("the answer names no offset");
    return sent.baseOffset;
  } catch (cause) {
    const type = refusalOf(cause);
    if (type === undefined)
      throw new SagascopeError("KAFKA_DOWN", "Kafka did not say whether it has the message.", { cause });
    throw new SagascopeError("KAFKA_REFUSED", `Kafka does not take the message: ${type}.`, { cause });
  }
}

/** Answers after which the log surely has nothing new. */
const refusals = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_RECORD",
  "POLICY_VIOLATION",
]);

function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const type = "type" in error ? String(error.type) : "";
  if (refusals.has(type)) return type;
  // The client looks the partition up before it sends anything.
  if (error.name === "KafkaJSMetadataNotLoaded" || error.name === "KafkaJSTopicMetadataNotLoaded")
    return messageOf(error);
  return error.cause === undefined ? undefined : refusalOf(error.cause);
}
