import { SagascopeError } from "#lib/errors.ts";
import { splitDatabase, splitNodes } from "./server-url.ts";

/** A ClickHouse of several nodes, by its name in `system.clusters`, and the database that the tables are in. */
export interface Cluster {
  readonly name: string;
  readonly database: string;
}

/**
 * The cluster of this name, with the database that the store's `url` names; undefined where there is no cluster. Throws
 * `BAD_SETTING` for several nodes that are none: only one of them would have the tables.
 */
export function clusterOf(name: string | undefined, url: string): Cluster | undefined {
  if (name !== undefined) return { name, database: splitDatabase(url).database };
  if (splitNodes(url).length === 1) return undefined;
  const message = "CLICKHOUSE_URL names several nodes: CLICKHOUSE_CLUSTER must name the cluster that they are.";
  throw new SagascopeError("BAD_SETTING", message);
}

const bySaga = "cityHash64(saga_id)";
const byTrace = "cityHash64(TraceId)";
const byMetric = "cityHash64(ServiceName, MetricName)";
const byMessage = "cityHash64(_topic, _partition, _offset)";

/**
 * By what each table's rows are shared out among shards: rows that fold into one lie together, and so do those that a
 * view makes of a row. The same row always goes to the same shard, or a second try would store it twice.
 */
const shardKeys: Readonly<Record<string, string>> = {
  saga_events: bySaga,
  sagas: bySaga,
  saga_steps: bySaga,
  // A slot's rows come by one insert: they hold all together or not at all.
  saga_rollups: "cityHash64(slot)",
  saga_list: bySaga,
  saga_counts: "cityHash64(hour)",
  saga_quarters: "cityHash64(quarter)",
  saga_durations: "cityHash64(quarter)",
  saga_changes: "cityHash64(started)",
  saga_listed: "0",
  saga_errors: bySaga,
  otel_traces: byTrace,
  otel_traces_trace_id_ts: byTrace,
  http_requests: byTrace,
  // Of a row that the view made it is its trace's shard; this is for what a migration fills in.
  service_spans: "Id",
  // Many lines belong to no trace; all of them on one shard would be too many.
  otel_logs: "if(TraceId = '', cityHash64(ServiceName, Timestamp), cityHash64(TraceId))",
  otel_metrics_gauge: byMetric,
  otel_metrics_sum: byMetric,
  otel_metrics_histogram: byMetric,
  otel_metrics_exponential_histogram: byMetric,
  otel_metrics_summary: byMetric,
  dead_letters: byMessage,
  dead_letter_replays: "cityHash64(letter)",
  ingest_progress: "cityHash64(_topic, _partition)",
  ingest_skips: "cityHash64(_topic, _partition)",
  ingest_gaps: "cityHash64(topic, partition)",
  ingest_logs: "cityHash64(topic, partition)",
  ingest_groups: "cityHash64(topic)",
};

const comments = /^(?:\s*--[^\n]*\n)*\s*/;
const createTable = /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*(\([\s\S]*\))\s*ENGINE = (\w*MergeTree\b[\s\S]*)$/;
const createView = /^CREATE MATERIALIZED VIEW (?:IF NOT EXISTS )?(\w+)\s+TO (\w+)\s+AS\s([\s\S]*)$/;
const alterTable = /^ALTER TABLE (\w+)\s+([\s\S]*)$/;
const insert = /^INSERT INTO \w+ [\s\S]*\bSELECT\b/;
const drop = /^DROP (TABLE|VIEW) (?:IF EXISTS )?(\w+)\s*$/;
/** What changes the columns that the table over all shards must have too. */
const changesColumns =
  /\b(?:ADD|DROP|RENAME) COLUMN\b|\bMODIFY COLUMN (?:IF EXISTS )?\w+ (?!CODEC|COMMENT|TTL|REMOVE|MODIFY)/;

/** What a table's own part on each node is called; the plain name is that of the table over all shards. */
export const localTable = (table: string): string => `${table}_local`;

/**
 * The statements that do on every node of a cluster what a migration's `statement` does on one. Each can be repeated.
 * A table becomes a replicated part on each node, `x_local`, and `x` over all shards; views read and write the parts.
 * Throws `CONFLICT` for a statement that it does not know how to spread.
 */
export function spread(statement: string, cluster: Cluster): string[] {
  const [comment = ""] = comments.exec(statement) ?? [];
  const [first = "", ...rest] = spreadBare(statement.slice(comment.length).trimEnd(), cluster);
  return [comment.trimStart() + first, ...rest];
}

function spreadBare(statement: string, cluster: Cluster): string[] {
  const everywhere = onCluster(cluster);
  const table = createTable.exec(statement);
  if (table) {
    const [, name = "", columns, engine = ""] = table;
    const own = `CREATE TABLE IF NOT EXISTS ${localTable(name)} ${everywhere}\n${columns}\nENGINE = Replicated${replicated(engine)}`;
    return [own, overAllShards(name, cluster)];
  }
  const view = createView.exec(statement);
  if (view) {
    const [, name, target = "", select = ""] = view;
    return [
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${everywhere} TO ${localTable(target)} AS\n${ofOwnParts(select)}`,
    ];
  }
  const alter = alterTable.exec(statement);
  if (alter) {
    const [, name = "", change = ""] = alter;
    if (/^MODIFY QUERY\b/.test(change)) return [`ALTER TABLE ${name} ${everywhere} ${ofOwnParts(change)}`];
    const own = `ALTER TABLE ${localTable(name)} ${everywhere} ${replicated(change)}`;
    return changesColumns.test(change) ? [own, overAllShards(name, cluster)] : [own];
  }
  // From all shards to all shards, and not from each to itself: what is summed up may lie on several.
  if (insert.test(statement))
    return [`${statement}\nSETTINGS distributed_foreground_insert = 1, parallel_distributed_insert_select = 0`];
  const dropped = drop.exec(statement);
  if (dropped) {
    const [, kind, name = ""] = dropped;
    const names = kind === "TABLE" ? [name, localTable(name)] : [name];
    return names.map((one) => `DROP ${kind} IF EXISTS ${one} ${everywhere} SYNC`);
  }
  throw new SagascopeError(
    "CONFLICT",
    `A migration says what cannot be spread over a cluster: ${statement.slice(0, 80)}…`,
  );
}

/** For a definition that is to be carried out on every node. */
export const onCluster = ({ name }: Cluster): string => `ON CLUSTER ${quoted(name, "`")}`;

function overAllShards(table: string, cluster: Cluster): string {
  const key = shardKeys[table];
  if (key === undefined) {
    throw new SagascopeError("CONFLICT", `By what ${table} is shared out among shards is not said (shardKeys).`);
  }
  const where = [cluster.name, cluster.database, localTable(table)].map((name) => quoted(name, "'")).join(", ");
  return `CREATE OR REPLACE TABLE ${table} ${onCluster(cluster)} AS ${localTable(table)}\nENGINE = Distributed(${where}, ${key})`;
}

// A replicated table forgets tokens by age too: a week is longer than a store is away.
const replicated = (definition: string): string =>
  definition.replace(
    /\bnon_replicated_deduplication_window = (\d+)/,
    "replicated_deduplication_window = $1, replicated_deduplication_window_seconds = 604800",
  );

/** A view's SELECT over the node's own parts, which keep their tables' names in it. */
const ofOwnParts = (select: string): string =>
  select.replace(/\b(FROM|JOIN) (\w+)\b(?! *[(.])( AS \w+)?/g, (_, word, table, alias) => {
    return `${word} ${localTable(table)}${alias ?? ` AS ${table}`}`;
  });

const quoted = (name: string, quote: "`" | "'"): string => quote + name.replaceAll(/[\\`']/g, "\\$&") + quote;
