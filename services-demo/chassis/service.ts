import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { pause } from "#sdk/backoff.ts";
import { forgetProcessed } from "#sdk/inbox.ts";
import { startRelay } from "#sdk/relay.ts";
import { createSagaEmitter, type SagaEmitter } from "#sdk/saga-emitter.ts";
import type { DemoTopic } from "#services-demo/domain/messages.ts";
import { type Database, migrateWhenUp, openDatabase } from "./database.ts";
import { createHttpApp } from "./http-app.ts";
import { createLogger, type Logger } from "./log.ts";
import { connectKafka, createTopics, type Subscriptions, subscribe } from "./messaging.ts";
import type { ServiceSettings } from "./settings.ts";
import { onStopSignal } from "./stop-signal.ts";
import { startTelemetry } from "./telemetry.ts";

/** What a service is given to work with. */
export interface ServicePorts {
  readonly database: Database;
  readonly emit: SagaEmitter;
  readonly log: Logger;
  /** Aborts when the process must end. */
  readonly signal: AbortSignal;
}

export interface ServiceDefinition {
  readonly name: string;
  readonly settings: ServiceSettings;
  /** The folder of its numbered `.sql` files. */
  readonly migrations: URL;
  /** The topics that must exist before it works: those it reads and those it writes. */
  readonly topics?: readonly DemoTopic[];
  readonly routes?: (app: FastifyInstance, ports: ServicePorts) => void;
  readonly subscriptions?: (ports: ServicePorts) => Subscriptions;
  /** Loops that run until the signal aborts, once the database is ready. */
  readonly background?: (ports: ServicePorts) => Promise<void>;
}

const inboxDays = 8;

/**
 * Runs a service until SIGTERM or SIGINT: listens at once, becomes ready when its database, topics, relay and consumer are,
 * and waits for those that are away.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const { name, settings } = definition;
  const telemetry = startTelemetry(name, settings);
  const log = createLogger(name, settings.LOG_LEVEL);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Requests have connections of their own, so that a backlog of messages does not keep customers waiting.
  const database = openDatabase(settings.DATABASE_URL, log, { connections: 4, waitMs: 30_000 });
  const forRequests = openDatabase(settings.DATABASE_URL, log, { connections: 3, waitMs: 10_000 });
  const kafka = connectKafka(name, settings, log);
  const stopping = new AbortController();
  const ports: ServicePorts = {
    database,
    emit: createSagaEmitter({ source: `/services/${name}`, serviceVersion: settings.SERVICE_VERSION }),
    log,
    signal: stopping.signal,
  };
  const state: { migrated: boolean; consumer?: ReturnType<typeof subscribe>; relay?: ReturnType<typeof startRelay> } = {
    migrated: false,
  };
  const notReady = () => {
    if (!state.migrated) return "waiting for PostgreSQL (DATABASE_URL)";
    if (!state.relay?.isPublishing())
      return "the outbox relay is not publishing: waiting for Kafka, or another relay holds the lock";
    if (definition.subscriptions && !state.consumer?.isJoined())
      return "waiting for Kafka's consumer group (KAFKA_BROKERS)";
    return undefined;
  };
  const app = createHttpApp({ log, registry, notReady });
  definition.routes?.(app, { ...ports, database: forRequests });
  const loops: Promise<unknown>[] = [];
  onStopSignal(log, async () => {
    stopping.abort();
    await Promise.allSettled([app.close(), state.consumer?.stop(1500)]);
    await Promise.race([Promise.allSettled([state.relay?.stop(), ...loops]), pause(1000)]);
    await Promise.race([Promise.all([database.close(), forRequests.close()]), pause(500)]);
    await telemetry.stop(1000);
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });
  log.info({ address: app.server.address(), version: settings.SERVICE_VERSION }, `${name} listens`);

  await migrateWhenUp(database, definition.migrations, { log, signal: stopping.signal });
  state.migrated = true;
  await createTopics(kafka, definition.topics ?? [], {
    topicPrefix: settings.TOPIC_PREFIX,
    log,
    signal: stopping.signal,
  });
  if (stopping.signal.aborted) return;
  const relay = startRelay({ kafka, connect: database.connect, log, topicPrefix: settings.TOPIC_PREFIX });
  state.relay = relay;
  new Gauge({
    name: "outbox_published_messages",
    help: "Messages that Kafka has acknowledged since the start.",
    registers: [registry],
    collect() {
      this.set(relay.published());
    },
  });
  if (definition.subscriptions)
    state.consumer = subscribe(name, definition.subscriptions(ports), {
      kafka,
      topicPrefix: settings.TOPIC_PREFIX,
      database,
      log,
    });
  if (definition.background) loops.push(definition.background(ports));
  loops.push(sweepInbox(ports));
}

/** Once an hour, forgets messages that Kafka itself no longer keeps. */
async function sweepInbox({ database, log, signal }: ServicePorts): Promise<void> {
  while (!signal.aborted) {
    await database
      .transaction(({ client }) => forgetProcessed(client, inboxDays))
      .catch((error) => log.warn({ error: String(error) }, "The inbox could not be swept"));
    await pause(3_600_000, signal);
  }
}
