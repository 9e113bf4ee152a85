import type { Kept, Retention } from "#contracts/retention.ts";
import { checkCluster } from "./check-cluster.ts";
import { createStoreClient, type StoreClient } from "./client.ts";
import { splitDatabase } from "./server-url.ts";
import { type Cluster, clusterOf, localTable, spread } from "./spread.ts";

// What one node was told, another may not know yet.
const migrating = { application: "sagascope-migrate", sticky: true } as const;

/** A table that grows, and the moment from which its rows' time counts. */
export interface GrowingTable {
  readonly table: string;
  readonly from: string;
}

const metrics = ["gauge", "sum", "histogram", "exponential_histogram", "summary"];

/** Every table that grows, by the name that a retention file has for it. */
export const growingTables: Readonly<Record<keyof Retention, readonly GrowingTable[]>> = {
  saga_events: [{ table: "saga_events", from: "toDateTime(ingested_at)" }],
  sagas: ["sagas", "saga_list", "saga_counts", "saga_errors"].map((table) => ({
    table,
    from: "toDateTime(ingested_at)",
  })),
  saga_steps: [
    { table: "saga_steps", from: "toDateTime(started)" },
    { table: "saga_durations", from: "quarter" },
    { table: "saga_quarters", from: "quarter" },
  ],
  saga_rollups: [{ table: "saga_rollups", from: "slot" }],
  otel_traces: [
    { table: "otel_traces", from: "toDateTime(Timestamp)" },
    { table: "otel_traces_trace_id_ts", from: "Start" },
    { table: "service_spans", from: "toDateTime(Timestamp)" },
  ],
  http_requests: [{ table: "http_requests", from: "toDateTime(Timestamp)" }],
  otel_logs: [{ table: "otel_logs", from: "TimestampTime" }],
  otel_metrics: metrics.map((kind) => ({ table: `otel_metrics_${kind}`, from: "toDateTime(TimeUnix)" })),
  dead_letters: [
    { table: "dead_letters", from: "toDateTime(dead_at)" },
    { table: "dead_letter_replays", from: "toDateTime(at)" },
  ],
  ingest_progress: ["ingest_progress", "ingest_skips"].map((table) => ({ table, from: "minute" })),
  ingest_gaps: [{ table: "ingest_gaps", from: "toDateTime(noticed_at)" }],
};

/** That a table is to keep its rows for another time, or that its first time is settled. */
export interface RetentionChange {
  readonly table: string;
  /** As set in the store until now; undefined where nothing was settled yet. */
  readonly from: string | undefined;
  readonly to: Kept;
  readonly statements: readonly string[];
}

/** What may be changed, and where. */
export interface Changing {
  /** Leaves alone what was settled before, by whomever: only tables without a time get theirs. */
  readonly onlyUnsettled?: boolean | undefined;
  readonly cluster?: Cluster | undefined;
}

/**
 * What makes tables keep their rows as `retention` says, for what differs from their `engines` (by table, as
 * `system.tables` has them). Whole parts go once all their rows are due, so that nothing is ever rewritten for it; of parts
 * that are there already only the column of the time is read, to work out when they are due.
 */
export function retentionChanges(
  engines: ReadonlyMap<string, string>,
  retention: Retention,
  { onlyUnsettled = false, cluster }: Changing = {},
): RetentionChange[] {
  return Object.entries(growingTables).flatMap(([name, tables]) =>
    tables.flatMap(({ table, from }) => {
      const engine = engines.get(cluster ? localTable(table) : table) ?? "";
      const isSettled = isMarked(engine) || keptBy(engine) !== undefined;
      const to = retention[name as keyof Retention];
      const ttl = ttlOf(from, to);
      if (isSettled && (onlyUnsettled || ttl === keptBy(engine))) return [];
      const statements = statementsFor(table, engine, ttl);
      return {
        table,
        from: isSettled ? keptOf(keptBy(engine)) : undefined,
        to,
        statements: cluster ? statements.flatMap((one) => spread(one, cluster)) : statements,
      };
    }),
  );
}

/** The statements of all `retentionChanges`. */
export const retentionStatements = (
  engines: ReadonlyMap<string, string>,
  retention: Retention,
  cluster?: Cluster | undefined,
): string[] => retentionChanges(engines, retention, { cluster }).flatMap(({ statements }) => statements);

/** The mark comes last: whoever settles a table may be stopped anywhere, and what is kept for ever is so on purpose. */
function statementsFor(table: string, engine: string, ttl: string | undefined): string[] {
  const marks = isMarked(engine) ? [] : ["MODIFY SETTING ttl_only_drop_parts = 1"];
  const recalculates = isMarked(engine) ? [] : ["MODIFY SETTING materialize_ttl_recalculate_only = 1"];
  const change = ttl === undefined ? "REMOVE TTL" : `MODIFY TTL ${ttl}`;
  const changes = ttl === keptBy(engine) ? [] : [...recalculates, change];
  return [...changes, ...marks].map((each) => `ALTER TABLE ${table} ${each}`);
}

// It stays when a TTL goes: by it what is kept for ever on purpose is told from what nobody has said anything of.
const isMarked = (engine: string): boolean => engine.includes("ttl_only_drop_parts");

const units = { d: "Day", h: "Hour" } as const;

function ttlOf(from: string, kept: Kept): string | undefined {
  if (kept === "forever") return undefined;
  return `${from} + toInterval${units[kept.slice(-1) as "d" | "h"]}(${kept.slice(0, -1)})`;
}

/** The TTL of a table by its engine's definition; undefined where rows are kept for ever. */
export function keptBy(engine: string): string | undefined {
  return / TTL (.+?)(?: SETTINGS |$)/.exec(engine)?.[1];
}

/** A TTL as a retention file says it, or as it is where somebody else has set it. */
export function keptOf(ttl: string | undefined): string {
  if (ttl === undefined) return "forever";
  const [, unit, count] = /^.+ \+ toInterval(Day|Hour)\((\d+)\)$/.exec(ttl) ?? [];
  return unit === undefined ? ttl : `${count}${unit === "Day" ? "d" : "h"}`;
}

/** What `setRetention` would change now; the database need not be there yet. */
export async function pendingRetention(
  url: string,
  retention: Retention,
  { clusterName, onlyUnsettled }: Where = {},
): Promise<RetentionChange[]> {
  const { server, database } = splitDatabase(url);
  const cluster = clusterOf(clusterName, url);
  const client = createStoreClient(server, migrating);
  try {
    await checkCluster(client, database, cluster);
    const engines = await readEngines(client, database);
    return retentionChanges(engines, retention, { onlyUnsettled, cluster });
  } finally {
    await client.close();
  }
}

/** Makes the tables of the database at `url` keep their rows as `retention` says. Returns what it changed. */
export async function setRetention(
  url: string,
  retention: Retention,
  { clusterName, onlyUnsettled }: Where = {},
): Promise<RetentionChange[]> {
  const { database } = splitDatabase(url);
  const cluster = clusterOf(clusterName, url);
  const client = createStoreClient(url, { ...migrating, timeoutMs: 300_000 });
  try {
    await checkCluster(client, database, cluster);
    const engines = await readEngines(client, database);
    const changes = retentionChanges(engines, retention, { onlyUnsettled, cluster });
    for (const query of changes.flatMap(({ statements }) => statements)) await client.command({ query });
    return changes;
  } finally {
    await client.close();
  }
}

type Where = Pick<Changing, "onlyUnsettled"> & { readonly clusterName?: string | undefined };

async function readEngines(client: StoreClient, database: string): Promise<Map<string, string>> {
  const answer = await client.query({
    query: "SELECT name, engine_full AS engine FROM system.tables WHERE database = {database:String} LIMIT 1000",
    query_params: { database },
    format: "JSONEachRow",
  });
  const rows = await answer.json<{ name: string; engine: string }>();
  return new Map(rows.map((row) => [row.name, row.engine]));
}
