import { randomBytes } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import type { Endpoints } from "#contracts/endpoints.ts";
import { inDatabase, withAdmin, withDatabase } from "#sdk/testing/real-parts.ts";
import { demoTopics } from "#services-demo/domain/messages.ts";
import { createProcesses } from "./processes.ts";

const stateful = ["users", "orders", "payments", "inventory", "shipping", "orchestrator"] as const;
export type StatefulService = (typeof stateful)[number];
export type Service = StatefulService | "gateway";
export const services: readonly Service[] = [...stateful, "gateway"];

/** All demo services as processes of their own, on the real Kafka and PostgreSQL, in databases and topics of their own. */
export interface RunningDemo {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly gatewayUrl: string;
  /** The direct URL of a service. */
  urlOf(service: Service): string;
  pidOf(service: Service): number;
  /** What the process has logged so far. */
  logOf(service: Service): string;
  databaseUrlOf(service: StatefulService): string;
  /** Ends a service with SIGKILL, as a crash would; resolves once it is gone. */
  kill(service: Service): Promise<void>;
  /** Starts a killed service again, on its old port, and waits until it is ready. */
  start(service: Service): Promise<void>;
  /** Ends all with SIGTERM and drops databases and topics; gives the exit code of each. */
  stop(): Promise<Record<string, number | null>>;
}

export async function startDemo(
  endpoints: Endpoints,
  extraEnv: Partial<Record<Service, Record<string, string>>> = {},
): Promise<RunningDemo> {
  const run = `t${randomBytes(4).toString("hex")}`;
  const topicPrefix = `${run}.`;
  const kafka = new Kafka({ brokers: endpoints.kafka.split(","), logLevel: logLevel.ERROR, clientId: run });
  const databaseUrlOf = (service: StatefulService) => withDatabase(endpoints.postgres, `${run}_${service}`);
  const processes = await createProcesses(services, (service, urlOf) => ({
    KAFKA_BROKERS: endpoints.kafka,
    TOPIC_PREFIX: topicPrefix,
    ...(service === "gateway"
      ? { GATEWAY_ROUTES: stateful.map((name) => `${name}=${urlOf(name)}`).join(",") }
      : { DATABASE_URL: databaseUrlOf(service) }),
    ...(service === "orders" && { USERS_URL: urlOf("users") }),
    ...extraEnv[service],
  }));
  const stop = async () => {
    const codes = await Promise.all(
      services.map(async (name) => [name, await processes.end(name, "SIGTERM")] as const),
    );
    await dropAll(endpoints, { run, kafka, topicPrefix });
    return Object.fromEntries(codes);
  };
  try {
    await createAll(endpoints, { run, kafka, topicPrefix });
    await Promise.all(services.map(processes.start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...processes,
    kafka,
    topicPrefix,
    gatewayUrl: processes.urlOf("gateway"),
    databaseUrlOf,
    kill: async (service) => void (await processes.end(service, "SIGKILL")),
    stop,
  };
}

interface Place {
  readonly run: string;
  readonly kafka: Kafka;
  readonly topicPrefix: string;
}

async function createAll(endpoints: Endpoints, { run, kafka, topicPrefix }: Place): Promise<void> {
  const topics = [{ topic: `${topicPrefix}saga.events`, numPartitions: 4 }];
  await withAdmin(kafka, (admin) => admin.createTopics({ topics, waitForLeaders: true }));
  await inDatabase(withDatabase(endpoints.postgres, "postgres"), async (client) => {
    for (const service of stateful) await client.query(`CREATE DATABASE ${run}_${service}`);
  });
}

async function dropAll(endpoints: Endpoints, { run, kafka, topicPrefix }: Place): Promise<void> {
  await inDatabase(withDatabase(endpoints.postgres, "postgres"), async (client) => {
    for (const service of stateful) await client.query(`DROP DATABASE IF EXISTS ${run}_${service} WITH (FORCE)`);
  });
  const ours = ["saga.events", ...demoTopics].map((name) => `${topicPrefix}${name}`);
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    await admin.deleteTopics({ topics: ours.filter((name) => existing.has(name)) });
  });
}
