import { z } from "zod";
import { ingestSettings, kafkaSettings } from "#contracts/settings.ts";
import { SagascopeError } from "#lib/errors.ts";
import { type Admin, createKafka, type Kafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Reaches the brokers by the settings that every part gets too, and tries once. */
export function kafkaOf(brokers: string, env: Env): Kafka {
  const settings = parseSettings(z.object(kafkaSettings), { ...env, KAFKA_BROKERS: brokers });
  return createKafka(settings, { clientId: "sagascope-start", log: createLogger("start", "silent"), retries: 0 });
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
export async function askBrokers(kafka: Kafka): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const { controller } = await admin.describeCluster();
    if (controller === null) throw new SagascopeError("STORE_DOWN", "Kafka has no controller yet");
  });
}

/** Creates the topics that are missing, with the brokers' own replication. */
export async function createTopics(kafka: Kafka, partitionsOf: Readonly<Record<string, number>>): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const present = new Set(await admin.listTopics());
    const missing = Object.entries(partitionsOf).filter(([topic]) => !present.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(([topic, numPartitions]) => ({ topic, numPartitions, replicationFactor: -1 })),
    });
  });
}

async function withAdmin(kafka: Kafka, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
