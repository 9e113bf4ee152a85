/** The Kafka topics that Sagascope itself reads. */
export const topics = {
  sagaEvents: "saga.events",
  spans: "otlp_spans",
  logs: "otlp_logs",
  metrics: "otlp_metrics",
} as const;

export type Topic = (typeof topics)[keyof typeof topics];
