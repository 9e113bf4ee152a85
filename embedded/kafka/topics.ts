import { type Admin, Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import { z } from "zod";
import { ingestSettings, kafkaSettings } from "#contracts/settings.ts";
import { SagascopeError } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

const quick = { logLevel: logLevel.NOTHING, clientId: "sagascope-start", retry: { retries: 0 } } as const;

/** How to reach the brokers, by the settings that every part gets too. */
export function kafkaConfig(brokers: string, env: Env): KafkaConfig {
  const settings = parseSettings(z.object(kafkaSettings), { ...env, KAFKA_BROKERS: brokers });
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username = "", KAFKA_PASSWORD: password = "" } = settings;
  const sasl = mechanism && ({ mechanism, username, password } as SASLOptions);
  return { brokers: settings.KAFKA_BROKERS, ssl: settings.KAFKA_TLS, ...(sasl ? { sasl } : {}) };
}

/** The topics that Sagascope reads, under the names that the settings give them, with their partitions. */
export function topicsToCreate(env: Env): Readonly<Record<string, number>> {
  const names = ingestSettings.pick({
    SAGA_EVENTS_TOPIC: true,
    OTLP_SPANS_TOPIC: true,
    OTLP_LOGS_TOPIC: true,
    OTLP_METRICS_TOPIC: true,
  });
  const given = parseSettings(names, env);
  // Each partition is a stream of inserts of its own, and an insert costs the store much the same whatever its size: a
  // laptop has no cores for more. A cluster's topics are made by whoever runs it.
  return Object.fromEntries(Object.values(given).map((topic) => [topic, 1]));
}

/** Resolves once the brokers answer a metadata request with a controller; throws while they do not. */
export async function askBrokers(config: KafkaConfig): Promise<void> {
  await withAdmin(config, async (admin) => {
    const { controller } = await admin.describeCluster();
    if (controller === null) throw new SagascopeError("STORE_DOWN", "Kafka has no controller yet");
  });
}

/** Creates the topics that are missing, with the brokers' own replication. */
export async function createTopics(config: KafkaConfig, partitionsOf: Readonly<Record<string, number>>): Promise<void> {
  await withAdmin(config, async (admin) => {
    const present = new Set(await admin.listTopics());
    const missing = Object.entries(partitionsOf).filter(([topic]) => !present.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(([topic, numPartitions]) => ({ topic, numPartitions, replicationFactor: -1 })),
    });
  });
}

async function withAdmin(config: KafkaConfig, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = new Kafka({ ...config, ...quick }).admin();
  try {
    await admin.connect();
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
