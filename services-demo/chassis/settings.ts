import { z } from "zod";
import { kafkaSettings, listenSettings, postgresSettings } from "#contracts/settings.ts";

/** What every demo service can be told; all from the environment. */
export const serviceSettings = z.object({
  ...kafkaSettings,
  ...postgresSettings,
  ...listenSettings,
  /** The collector's base URL; without it nothing is exported. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** As in OpenTelemetry's own settings; `OTEL_TRACES_SAMPLER_ARG` is the ratio. */
  OTEL_TRACES_SAMPLER: z
    .enum([
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ])
    .default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Put before each topic's and consumer group's name, so that several demos can share a Kafka. */
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{0,60}$/)
    .default(""),
  SERVICE_VERSION: z.string().max(100).default("1.0.0"),
});
export type ServiceSettings = z.infer<typeof serviceSettings>;

/** The gateway has neither database nor topics. */
export const plainSettings = serviceSettings.omit({
  DATABASE_URL: true,
  TOPIC_PREFIX: true,
  KAFKA_BROKERS: true,
  KAFKA_TLS: true,
  KAFKA_SASL_MECHANISM: true,
  KAFKA_USERNAME: true,
  KAFKA_PASSWORD: true,
});
export type PlainSettings = z.infer<typeof plainSettings>;

/** Parses the environment; ends the process with a line for each wrong setting. An empty variable counts as unset. */
export function settingsOrExit<S extends z.ZodType>(schema: S): z.output<S> {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  process.stderr.write(
    `Some settings are wrong or missing (services-demo/README.md lists them): ${lines.join("; ")}\n`,
  );
  process.exit(1);
}
