import {
  AssignerProtocol,
  CompressionTypes,
  Kafka,
  type KafkaConfig,
  logLevel,
  PartitionAssigners,
  Partitioners,
  type Producer,
  type SASLOptions,
} from "kafkajs";
import { SagascopeError } from "./errors.ts";
import { installCodecs } from "./kafka-codecs.ts";
import { connectInFrames, mendChunks } from "./kafkajs-frames.ts";
import { mendLogEnds } from "./kafkajs-log-ends.ts";
import { mendPauses, mendTimers } from "./kafkajs-timers.ts";
import type { Logger } from "./log.ts";

export type {
  Admin,
  Cluster,
  Consumer,
  EachBatchPayload,
  GroupMember,
  Kafka,
  KafkaMessage,
  Message,
  PartitionAssigner,
  Producer,
} from "kafkajs";

/** How the members of a group spell what they tell each other, kafkajs's own ways to deal partitions out, and its names of codecs. */
export { AssignerProtocol, CompressionTypes, PartitionAssigners };

/** Where Kafka is and how to get in: the part of a process's settings that `createKafka` reads. */
export interface KafkaSettings {
  readonly KAFKA_BROKERS: string[];
  readonly KAFKA_TLS: boolean;
  readonly KAFKA_SASL_MECHANISM?: "plain" | "scram-sha-256" | "scram-sha-512" | undefined;
  readonly KAFKA_USERNAME?: string | undefined;
  readonly KAFKA_PASSWORD?: string | undefined;
}

installCodecs();
mendTimers();
mendPauses();
mendLogEnds();
mendChunks();

export interface KafkaOptions {
  readonly clientId: string;
  readonly log: Logger;
  /** How often it tries again what failed. */
  readonly retries?: number;
}

/** A Kafka client that outlasts a broker's absence: it goes on trying, and says so in the log. It reads every compression. */
export function createKafka(settings: KafkaSettings, { clientId, log, retries = 8 }: KafkaOptions): Kafka {
  const sasl = saslOf(settings);
  const config: KafkaConfig = {
    clientId,
    brokers: settings.KAFKA_BROKERS,
    socketFactory: connectInFrames,
    ssl: settings.KAFKA_TLS,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 3_000, retries },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, log: { message, error, broker, groupId } }) =>
        log[level === logLevel.ERROR ? "warn" : "debug"]({ kafka: { error, broker, groupId } }, message),
  };
  return new Kafka(sasl ? { ...config, sasl } : config);
}

/** A producer to topics that are there, which puts a key where Java's clients do. It gives up within seconds: its caller tries again. */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
  });
}

function saslOf(settings: KafkaSettings): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  if (mechanism === undefined) return undefined;
  if (username === undefined || password === undefined)
    throw new SagascopeError("BAD_SETTING", "KAFKA_SASL_MECHANISM wants KAFKA_USERNAME and KAFKA_PASSWORD.");
  return { mechanism, username, password } as SASLOptions;
}
