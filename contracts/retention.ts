import { z } from "zod";

/** How long rows are kept: `90d`, `36h`, or `forever`. */
export type Kept = `${number}d` | `${number}h` | "forever";
const written = /^(?:[1-9]\d{0,4}d|[1-9]\d{0,5}h|forever)$/;
const Kept = z.custom<Kept>(
  (value) => typeof value === "string" && written.test(value),
  "wants days as 90d, hours as 36h, or forever",
);

const tables = {
  saga_events: Kept,
  sagas: Kept,
  saga_steps: Kept,
  saga_rollups: Kept,
  otel_traces: Kept,
  http_requests: Kept,
  otel_logs: Kept,
  otel_metrics: Kept,
  dead_letters: Kept,
  ingest_progress: Kept,
  ingest_gaps: Kept,
};

/** How long each kind of rows is kept, by table; `otel_metrics` are all five. */
export const Retention = z.strictObject(tables);
export type Retention = z.infer<typeof Retention>;

/** What a file may say: some of it. */
export const RetentionFile = Retention.partial();
