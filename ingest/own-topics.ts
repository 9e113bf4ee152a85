import type { Signal } from "#contracts/otlp/json.ts";
import { SagascopeError } from "#lib/errors.ts";

interface TopicSettings {
  readonly SAGA_EVENTS_TOPIC: string;
  readonly OTLP_SPANS_TOPIC: string;
  readonly OTLP_LOGS_TOPIC: string;
  readonly OTLP_METRICS_TOPIC: string;
}

const contentOf = {
  SAGA_EVENTS_TOPIC: "saga events",
  OTLP_SPANS_TOPIC: "traces",
  OTLP_LOGS_TOPIC: "logs",
  OTLP_METRICS_TOPIC: "metrics",
} as const satisfies Record<keyof TopicSettings, "saga events" | Signal>;

/** What is in each topic that is read as it is. Throws `BAD_SETTING` where two settings name the same one. */
export function ownTopics(settings: TopicSettings): Record<string, "saga events" | Signal> {
  const namedBy = new Map<string, string>();
  const topics: Record<string, "saga events" | Signal> = {};
  for (const name of ["SAGA_EVENTS_TOPIC", "OTLP_SPANS_TOPIC", "OTLP_LOGS_TOPIC", "OTLP_METRICS_TOPIC"] as const) {
    const topic = settings[name];
    const other = namedBy.get(topic);
    if (other !== undefined)
      throw new SagascopeError("BAD_SETTING", `${other} and ${name} both name the topic ${topic}; each wants its own.`);
    namedBy.set(topic, name);
    topics[topic] = contentOf[name];
  }
  return topics;
}
