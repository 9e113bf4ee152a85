import { z } from "zod";
import { topics } from "./topics.ts";

/** A TCP port; 0 takes a free one. */
const Port = z.coerce.number().int().min(0).max(65_535);
const Flag = z.stringbool();

/** Where Kafka is and how to get in. */
export const kafkaSettings = {
  KAFKA_BROKERS: z
    .string()
    .transform((list) =>
      list
        .split(",")
        .map((broker) => broker.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.string().regex(/^\[?[^\s/]+:\d+$/, "wants host:port,host:port")).min(1)),
  KAFKA_TLS: Flag.default(false),
  KAFKA_SASL_MECHANISM: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).optional(),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
};

/** What the topics are called, where the names are not ours to choose. */
const topicName = (name: string) =>
  z
    .string()
    .regex(/^[\w.-]{1,249}$/, "is not a name for a topic")
    .default(name);
const otlpTopicSettings = {
  OTLP_SPANS_TOPIC: topicName(topics.spans),
  OTLP_LOGS_TOPIC: topicName(topics.logs),
  OTLP_METRICS_TOPIC: topicName(topics.metrics),
};

const storeUrl = z.url({ protocol: /^https?$/ });
const splitList = (list: string) => list.split(",").map((one) => one.trim());
/** Where the event store is: `http://user:password@host:8123/sagascope`, or several nodes of one cluster, by comma. */
export const clickhouseSettings = {
  CLICKHOUSE_URL: z
    .string()
    .refine((list) => splitList(list).every((one) => storeUrl.safeParse(one).success), {
      message: "wants http://user:password@host:8123/sagascope, of several nodes by comma",
      abort: true,
    })
    .refine((list) => new Set(splitList(list).map((one) => new URL(one).pathname)).size === 1, {
      message: "wants the same database of every node",
    }),
};
/** The cluster, by its name in `system.clusters`, over which migrations spread the tables. */
const clusterSettings = {
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[\w.-]{1,100}$/, "is not a name for a cluster")
    .optional(),
};

/** Where the state is: `postgres://user:password@host:5432/sagascope`. */
export const postgresSettings = { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) };

/** What each long-running part listens on: its health, readiness and metrics (and its API, where it has one). */
export const listenSettings = {
  HOST: z.string().default("127.0.0.1"),
  PORT: Port.default(0),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
};

/** The saga type's gateways: services whose SERVER spans are gateway traffic. */
const GATEWAY_SERVICES = z
  .string()
  .default("gateway")
  .transform((list) =>
    list
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  );

export const collectorSettings = z.object({
  ...kafkaSettings,
  ...otlpTopicSettings,
  ...listenSettings,
  PORT: Port.default(4318),
});
/** How long each table keeps its rows (`contracts/retention.ts`); what it does not name stays as Sagascope has it. */
const retentionSettings = { RETENTION_FILE: z.string().optional() };

/** What ingest reads, and by which group. */
const ingestedSettings = {
  ...otlpTopicSettings,
  SAGA_EVENTS_TOPIC: topicName(topics.sagaEvents),
  /** What its consumer groups' names begin with. */
  INGEST_GROUP: z.string().min(1).max(100).default("sagascope-ingest"),
};
export const ingestSettings = z.object({
  ...kafkaSettings,
  ...ingestedSettings,
  ...clickhouseSettings,
  /** Whether it migrates the databases before it reads; it wants `DATABASE_URL` then, for the lock. */
  MIGRATE_ON_START: Flag.default(false),
  DATABASE_URL: postgresSettings.DATABASE_URL.optional(),
  ...clusterSettings,
  ...retentionSettings,
  ...listenSettings,
  /** The broker's `group.min.session.timeout.ms` to `group.max.session.timeout.ms` bound it further. */
  INGEST_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
  INGEST_UNREADABLE_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(120_000),
  /** Path of a file by `contracts/mapping/mapping.ts`. */
  SAGASCOPE_MAPPING: z.string().optional(),
  /** Where ingest's own traces go. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
});
/** What works on dead letters by hand. */
export const deadLettersSettings = z.object({
  ...kafkaSettings,
  ...clickhouseSettings,
  /** Wanted for replays: of all who replay a letter at the same time it lets one through. */
  DATABASE_URL: postgresSettings.DATABASE_URL.optional(),
});
/** What links that leave Sagascope begin with. */
const PUBLIC_URL = z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:3000");

/** The API and log-in token; the key of secrets at rest is derived from it. */
const SAGASCOPE_TOKEN = z.string().min(16);

export const webSettings = z.object({
  ...kafkaSettings,
  /** Without it the pages stand, but for lag and for replays. */
  KAFKA_BROKERS: kafkaSettings.KAFKA_BROKERS.optional(),
  ...ingestedSettings,
  ...clickhouseSettings,
  ...postgresSettings,
  GATEWAY_SERVICES,
  SAGASCOPE_TOKEN,
  PUBLIC_URL,
  HOST: listenSettings.HOST,
  PORT: Port.default(3000),
});
export const alertsSettings = z.object({
  ...clickhouseSettings,
  ...postgresSettings,
  ...listenSettings,
  SAGASCOPE_TOKEN,
  PUBLIC_URL,
  /** Whether webhooks may go to loopback and private addresses. */
  WEBHOOK_ALLOW_PRIVATE: Flag.default(false),
});
export const migrateSettings = z.object({
  ...clickhouseSettings,
  ...clusterSettings,
  ...postgresSettings,
  ...retentionSettings,
});
/** Of `npm run retention`, which needs no state. */
export const retentionCommandSettings = z.object({ ...clickhouseSettings, ...clusterSettings, ...retentionSettings });

/** What the demo's load places. */
export const demoSettings = {
  /** Orders placed a second; 0 places none. */
  DEMO_RATE: z.coerce.number().min(0).max(1_000).default(2),
  DEMO_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  /** Sagas of the simulated past day that a first start sends; 0 sends none. */
  DEMO_HISTORY: z.coerce.number().int().min(0).max(10_000_000).default(20_000),
};
