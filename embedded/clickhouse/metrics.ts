import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Lanes } from "./lanes.ts";

export interface Metrics {
  readonly registry: Registry;
  /** Counts a request that was answered: its lane, its ClickHouse code (0 for success), how long it took. */
  answered(kind: "read" | "write", outcome: { code: number; seconds: number }): void;
}

/** What `/metrics` shows of the server: its lanes, its requests, its process. */
export function createMetrics(lanes: { readonly read: Lanes; readonly write: Lanes }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, of: (lane: Lanes) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["lane"],
      registers: [registry],
      collect() {
        this.set({ lane: "read" }, of(lanes.read));
        this.set({ lane: "write" }, of(lanes.write));
      },
    });
  gauge("clickhouse_lanes_running", "Statements that the engine runs now.", (lane) => lane.running);
  gauge("clickhouse_lanes_waiting", "Requests that wait for a lane.", (lane) => lane.waiting);
  const requests = new Counter({
    name: "clickhouse_requests_total",
    help: "Statements answered, by lane and ClickHouse error code (0: none).",
    labelNames: ["lane", "code"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "clickhouse_request_seconds",
    help: "From a lane wished for to the engine's answer.",
    labelNames: ["lane"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    registry,
    answered(lane, { code, seconds: taken }) {
      requests.inc({ lane, code });
      seconds.observe({ lane }, taken);
    },
  };
}
