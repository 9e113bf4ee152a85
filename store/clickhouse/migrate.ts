import { ClickHouseError } from "@clickhouse/client";
import { type Migration, pendingMigrations } from "#store/migration-files.ts";
import { splitStatements } from "#store/split-statements.ts";
import { checkCluster } from "./check-cluster.ts";
import { createStoreClient, type StoreClient } from "./client.ts";
import { splitDatabase } from "./server-url.ts";
import { type Cluster, clusterOf, onCluster, spread } from "./spread.ts";

// What one node was told, another may not know yet.
const migrating = { application: "sagascope-migrate", sticky: true } as const;

const unknownTable = "60";
const unknownDatabase = "81";
const tableExistsAlready = "57";

/** A file that has not landed, with the statements that are still to be sent. */
export interface PendingFile {
  readonly name: string;
  readonly checksum: string;
  /** What is sent for each statement of the file: itself, or on a cluster what does it on every node. */
  readonly statements: readonly (readonly string[])[];
  /** How many of them are done, by a run that did not come to its end; undefined where none had begun. */
  readonly done: number | undefined;
}

/** What `migrateClickhouse` would apply now. Creates nothing. */
export async function pendingClickhouse(
  url: string,
  files: readonly Migration[],
  clusterName?: string | undefined,
): Promise<PendingFile[]> {
  const { server, database } = splitDatabase(url);
  const cluster = clusterOf(clusterName, url);
  const client = createStoreClient(server, migrating);
  try {
    await checkCluster(client, database, cluster);
    return await pendingFiles(client, files, { database, cluster });
  } finally {
    await client.close();
  }
}

/**
 * Creates the database that `url` names where it is absent, and applies the files that have not landed.
 * Returns their names. The caller holds the lock, and aborts `signal` when it has lost it.
 */
export async function migrateClickhouse(
  url: string,
  files: readonly Migration[],
  { signal, clusterName }: { signal?: AbortSignal; clusterName?: string | undefined } = {},
): Promise<string[]> {
  const cluster = clusterOf(clusterName, url);
  const { database } = await createDatabase(url, cluster);
  const client = createStoreClient(url, { ...migrating, timeoutMs: 300_000 });
  try {
    await createLedger(client, cluster);
    const pending = await pendingFiles(client, files, { database, cluster });
    for (const file of pending) await apply(client, file, signal);
    return pending.map((file) => file.name);
  } finally {
    await client.close();
  }
}

async function createDatabase(url: string, cluster: Cluster | undefined): Promise<{ database: string }> {
  const { server, database } = splitDatabase(url);
  const client = createStoreClient(server, migrating);
  try {
    await checkCluster(client, database, cluster);
    await client.command({
      query: `CREATE DATABASE IF NOT EXISTS {database:Identifier} ${cluster ? onCluster(cluster) : ""}`,
      query_params: { database },
    });
    return { database };
  } finally {
    await client.close();
  }
}

// ClickHouse has no transaction around DDL, so the ledger counts statements: a file cut short goes on where it stopped.
async function createLedger(client: StoreClient, cluster: Cluster | undefined): Promise<void> {
  // Not one for each shard: every node is a replica of the same.
  const everywhere = "ReplicatedMergeTree('/clickhouse/tables/{database}/schema_migrations', '{shard}-{replica}')";
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS schema_migrations ${cluster ? onCluster(cluster) : ""}
(
    name String,
    checksum String,
    done UInt32,
    finished UInt8,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ${cluster ? everywhere : "MergeTree"}
ORDER BY (name, done)`,
  });
  // Another node may have answered the migration before.
  if (cluster) await client.command({ query: "SYSTEM SYNC REPLICA schema_migrations" });
}

interface Progress {
  name: string;
  checksum: string;
  done: number;
  finished: number;
}

async function pendingFiles(
  client: StoreClient,
  files: readonly Migration[],
  { database, cluster }: { database: string; cluster: Cluster | undefined },
): Promise<PendingFile[]> {
  const progress = await readLedger(client, database);
  const finished = progress.filter((row) => row.finished === 1);
  const begun = new Map(progress.filter((row) => row.finished === 0).map((row) => [row.name, row.done]));
  return pendingMigrations(files, finished).map(({ name, checksum, text }) => ({
    name,
    checksum,
    statements: splitStatements(text).map((one) => (cluster ? spread(one, cluster) : [one])),
    done: begun.get(name),
  }));
}

async function readLedger(client: StoreClient, database: string): Promise<Progress[]> {
  try {
    const answer = await client.query({
      query: `SELECT name, argMax(row.checksum, (row.finished, row.done)) AS checksum, max(row.done) AS done, max(row.finished) AS finished
        FROM {database:Identifier}.schema_migrations AS row GROUP BY name ORDER BY name LIMIT 10000`,
      query_params: { database },
      format: "JSONEachRow",
    });
    return await answer.json<Progress>();
  } catch (error) {
    if (isOneOf(error, unknownTable, unknownDatabase)) return [];
    throw error;
  }
}

async function apply(client: StoreClient, file: PendingFile, signal: AbortSignal | undefined): Promise<void> {
  const { name, checksum, statements, done: alreadyDone } = file;
  const note = (done: number) =>
    client.insert({
      table: "schema_migrations",
      columns: ["name", "checksum", "done", "finished"],
      values: [{ name, checksum, done, finished: done === statements.length ? 1 : 0 }],
      format: "JSONEachRow",
      clickhouse_settings: { async_insert: 0 },
    });
  if (alreadyDone === undefined) await note(0);
  for (const [index, statement] of statements.entries()) {
    if (index < (alreadyDone ?? 0)) continue;
    signal?.throwIfAborted();
    try {
      for (const query of statement) await client.command({ query });
    } catch (error) {
      // A crash between a statement and its note leaves it done but unnoted.
      const unnoted = index === alreadyDone && isOneOf(error, tableExistsAlready);
      if (!unnoted) throw new Error(`${name}, statement ${index + 1}`, { cause: error });
    }
    await note(index + 1);
  }
}

const isOneOf = (error: unknown, ...codes: readonly string[]) =>
  error instanceof ClickHouseError && codes.includes(error.code);
