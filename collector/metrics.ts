import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What the collector counts. */
export function createMetrics(inFlightBytes: () => number) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "sagascope_collector_in_flight_bytes",
    help: "Bytes of requests in memory, read and not yet in Kafka.",
    registers,
    collect() {
      this.set(inFlightBytes());
    },
  });
  return {
    registry,
    requests: new Counter({
      name: "sagascope_collector_requests_total",
      help: "Export requests, by signal and HTTP status.",
      labelNames: ["signal", "status"],
      registers,
    }),
    records: new Counter({
      name: "sagascope_collector_records_total",
      help: "Spans, log records and metrics that Kafka has.",
      labelNames: ["signal"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
