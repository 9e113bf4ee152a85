import { type ITopicConfig, Kafka, logLevel } from "kafkajs";
import type { z } from "zod";
import { topics as productTopics } from "#contracts/topics.ts";
import { backoffMs, pause } from "#sdk/backoff.ts";
import { RefusedMessage, type RunningConsumer, startConsumer } from "#sdk/consumer.ts";
import { readSagaHeaders } from "#sdk/context-headers.ts";
import { type IncomingMessage, readJson } from "#sdk/incoming-message.ts";
import type { SagaContext } from "#sdk/saga-context.ts";
import { type DemoTopic, type MessageOn, messageSchemas } from "#services-demo/domain/messages.ts";
import { type Database, isTransient } from "./database.ts";
import type { Logger } from "./log.ts";
import type { ServiceSettings } from "./settings.ts";

/** A message that came, apart from what it says: which one, of which saga. */
export interface Delivery {
  readonly id: string;
  readonly saga: SagaContext;
  /** Aborts when the process must end; then throw. */
  readonly signal: AbortSignal;
}

/** What a service does with a message. */
export type Handler<T extends DemoTopic> = (message: MessageOn<T>, delivery: Delivery) => Promise<void>;

/** What a service does with the messages of each topic, by their type; types that are not named do not concern it. */
export type Subscriptions = {
  readonly [T in DemoTopic]?: { readonly [Type in MessageOn<T>["type"]]?: Handler<T> };
};

type KafkaSettings = Pick<
  ServiceSettings,
  "KAFKA_BROKERS" | "KAFKA_TLS" | "KAFKA_SASL_MECHANISM" | "KAFKA_USERNAME" | "KAFKA_PASSWORD"
>;

const partitions = 2;

export function connectKafka(service: string, settings: KafkaSettings, log: Logger): Kafka {
  const levels = {
    [logLevel.ERROR]: "warn",
    [logLevel.WARN]: "warn",
    [logLevel.INFO]: "debug",
    [logLevel.DEBUG]: "trace",
  } as const;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username = "", KAFKA_PASSWORD: password = "" } = settings;
  return new Kafka({
    clientId: service,
    brokers: settings.KAFKA_BROKERS,
    ssl: settings.KAFKA_TLS,
    ...(mechanism && { sasl: { mechanism, username, password } as never }),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      if (entry.level === logLevel.NOTHING) return;
      const { message, error } = entry.log;
      log[levels[entry.level]]({ kafka: entry.namespace, error }, message);
    },
  });
}

/** Creates the topics that are missing, once Kafka answers; tries again with back-off until then. */
export async function createTopics(
  kafka: Kafka,
  names: readonly DemoTopic[],
  { topicPrefix, log, signal }: { topicPrefix: string; log: Logger; signal: AbortSignal },
): Promise<void> {
  const wanted: ITopicConfig[] = names.map((topic) => ({
    topic: `${topicPrefix}${topic}`,
    numPartitions: partitions,
    replicationFactor: -1,
  }));
  for (let attempt = 1; !signal.aborted; attempt++) {
    const admin = kafka.admin({ retry: { retries: 2 } });
    try {
      await admin.connect();
      const existing = new Set(await admin.listTopics());
      const missing = wanted.filter(({ topic }) => !existing.has(topic));
      if (missing.length > 0) await admin.createTopics({ topics: missing });
      if (existing.has(productTopics.sagaEvents)) return;
      log.warn(
        { topic: productTopics.sagaEvents },
        "The saga events' topic is missing; saga events wait in the outbox",
      );
      return;
    } catch (error) {
      log.warn({ attempt, error: String(error) }, "Kafka does not answer yet (KAFKA_BROKERS)");
      await pause(backoffMs(attempt + 1, { firstMs: 200, mostMs: 3000 }), signal);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}

/** Consumes the subscribed topics in the service's group. What is not a message of its topic goes to `dead_letters`. */
export function subscribe(
  service: string,
  subscriptions: Subscriptions,
  { kafka, topicPrefix, database, log }: { kafka: Kafka; topicPrefix: string; database: Database; log: Logger },
): RunningConsumer {
  return startConsumer({
    kafka,
    group: `${topicPrefix}demo-${service}`,
    topics: Object.keys(subscriptions).map((topic) => `${topicPrefix}${topic}`),
    log,
    isTransient,
    concerns: ({ topic, headers }) =>
      concerns(subscriptions, topic.slice(topicPrefix.length) as DemoTopic, headers.messagetype),
    handle: (message, signal) =>
      handle(subscriptions, { ...message, topic: message.topic.slice(topicPrefix.length) }, signal),
    deadLetter: async (message, reason) => {
      await database.query(
        "INSERT dead_letters",
        `INSERT INTO dead_letters (topic, partition, "offset", key, headers, value, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [
          message.topic,
          message.partition,
          message.offset,
          storable(message.key),
          JSON.stringify(
            Object.fromEntries(
              Object.entries(message.headers).map(([name, value]) => [storable(name), storable(value)]),
            ),
          ),
          message.value,
          storable(reason),
        ],
      );
    },
  });
}

/** Whether the service must look at a message that says to be of this type; one that says nothing may be anything. */
function concerns(subscriptions: Subscriptions, topic: DemoTopic, type: string | undefined): boolean {
  const known: readonly string[] = messageSchemas[topic]?.shape.type.options ?? [];
  return type === undefined || !known.includes(type) || Object.hasOwn(subscriptions[topic] ?? {}, type);
}

async function handle(subscriptions: Subscriptions, message: IncomingMessage, signal: AbortSignal): Promise<void> {
  const topic = message.topic as DemoTopic;
  const read = readJson(message);
  if (read.kind === "bad") throw new RefusedMessage(read.reason);
  const parsed = (messageSchemas[topic] as z.ZodType<{ type: string }>).safeParse(read.json);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new RefusedMessage(`Not a message of ${topic}: ${first?.path.join(".")}: ${first?.message}`);
  }
  const saga = readSagaHeaders(message.headers);
  if (saga.kind === "absent") throw new RefusedMessage("The message has no saga headers");
  if (saga.kind === "malformed") throw new RefusedMessage(`The saga headers are wrong: ${saga.reason}`);
  const handlers = subscriptions[topic] as Record<string, Handler<never>> | undefined;
  await handlers?.[parsed.data.type]?.(parsed.data as never, { id: message.id, saga: saga.saga, signal });
}

/** Text that PostgreSQL takes: no NUL, no lone surrogate. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD").slice(0, 10_000);
}
