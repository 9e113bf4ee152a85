import { createStoreClient } from "./client.ts";

/** How many days each kind of data is kept; 0 keeps it for ever. */
export interface Retention {
  readonly sagasDays: number;
  readonly telemetryDays: number;
  readonly deadLettersDays: number;
}

const metrics = ["gauge", "sum", "histogram", "exponential_histogram", "summary"];

/** Every table that grows, with what it is kept by and the moment from which its days count. */
const kept: readonly { readonly table: string; readonly by: keyof Retention; readonly from: string }[] = [
  // From when it was stored: an event that is dated long ago is not gone the moment it comes.
  { table: "saga_events", by: "sagasDays", from: "toDateTime(ingested_at)" },
  { table: "sagas", by: "sagasDays", from: "toDateTime(ingested_at)" },
  { table: "saga_steps", by: "sagasDays", from: "toDateTime(started)" },
  { table: "otel_traces", by: "telemetryDays", from: "toDateTime(Timestamp)" },
  { table: "otel_traces_trace_id_ts", by: "telemetryDays", from: "Start" },
  { table: "http_requests", by: "telemetryDays", from: "toDateTime(Timestamp)" },
  { table: "otel_logs", by: "telemetryDays", from: "TimestampTime" },
  ...metrics.map((kind) => ({
    table: `otel_metrics_${kind}`,
    by: "telemetryDays" as const,
    from: "toDateTime(TimeUnix)",
  })),
  { table: "dead_letters", by: "deadLettersDays", from: "toDateTime(dead_at)" },
  { table: "dead_letter_replays", by: "deadLettersDays", from: "toDateTime(at)" },
];

/**
 * Sets how long each table of the database at `url` keeps its rows. Whole parts go once all their rows are due, so that
 * nothing is ever rewritten for it; what is set later holds for what is there already. Sets only what differs.
 */
export async function setRetention(url: string, retention: Retention): Promise<void> {
  const client = createStoreClient(url, { application: "sagascope-migrate", timeoutMs: 300_000 });
  try {
    const answer = await client.query({
      query: "SELECT name, engine_full AS engine FROM system.tables WHERE database = currentDatabase() LIMIT 1000",
      format: "JSONEachRow",
    });
    const engines = new Map(
      (await answer.json<{ name: string; engine: string }>()).map((row) => [row.name, row.engine]),
    );
    for (const { table, by, from } of kept) {
      const ttl = retention[by] === 0 ? undefined : `${from} + toIntervalDay(${Math.trunc(retention[by])})`;
      const engine = engines.get(table) ?? "";
      if (ttl === undefined ? !engine.includes(" TTL ") : engine.includes(` TTL ${ttl} `)) continue;
      if (!engine.includes("ttl_only_drop_parts")) {
        await client.command({
          query: `ALTER TABLE ${table} MODIFY SETTING ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1`,
        });
      }
      await client.command({ query: `ALTER TABLE ${table} ${ttl === undefined ? "REMOVE TTL" : `MODIFY TTL ${ttl}`}` });
    }
  } finally {
    await client.close();
  }
}
