import { ClickHouseError } from "@clickhouse/client";
import { type Migration, pendingMigrations } from "#store/migration-files.ts";
import { splitStatements } from "#store/split-statements.ts";
import { createStoreClient, type StoreClient } from "./client.ts";

const tableExistsAlready = "57";

/**
 * Creates the database that `url` names where it is absent, and applies the files that have not landed.
 * Returns their names. The caller holds the lock.
 */
export async function migrateClickhouse(url: string, files: readonly Migration[]): Promise<string[]> {
  await createDatabase(url);
  const client = createStoreClient(url, { application: "sagascope-migrate", timeoutMs: 300_000 });
  try {
    await client.command({ query: ledger });
    const progress = await readLedger(client);
    const finished = progress.filter((row) => row.finished === 1);
    const begun = new Map(progress.filter((row) => row.finished === 0).map((row) => [row.name, row.done]));
    const pending = pendingMigrations(files, finished);
    for (const file of pending) await apply(client, file, begun.get(file.name));
    return pending.map((file) => file.name);
  } finally {
    await client.close();
  }
}

async function createDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const database = decodeURIComponent(server.pathname.slice(1)) || "default";
  server.pathname = "";
  const client = createStoreClient(server.href);
  try {
    await client.command({
      query: "CREATE DATABASE IF NOT EXISTS {database:Identifier}",
      query_params: { database },
    });
  } finally {
    await client.close();
  }
}

// ClickHouse has no transaction around DDL, so the ledger counts statements: a file cut short goes on where it stopped.
const ledger = `
CREATE TABLE IF NOT EXISTS schema_migrations
(
    name String,
    checksum String,
    done UInt32,
    finished UInt8,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (name, done)`;

interface Progress {
  name: string;
  checksum: string;
  done: number;
  finished: number;
}

async function readLedger(client: StoreClient): Promise<Progress[]> {
  const answer = await client.query({
    query: `SELECT name, argMax(row.checksum, (row.finished, row.done)) AS checksum, max(row.done) AS done, max(row.finished) AS finished
      FROM schema_migrations AS row GROUP BY name ORDER BY name LIMIT 10000`,
    format: "JSONEachRow",
  });
  return await answer.json<Progress>();
}

async function apply(client: StoreClient, file: Migration, alreadyDone: number | undefined): Promise<void> {
  const statements = splitStatements(file.text);
  const note = (done: number) =>
    client.insert({
      table: "schema_migrations",
      columns: ["name", "checksum", "done", "finished"],
      values: [{ name: file.name, checksum: file.checksum, done, finished: done === statements.length ? 1 : 0 }],
      format: "JSONEachRow",
      clickhouse_settings: { async_insert: 0 },
    });
  if (alreadyDone === undefined) await note(0);
  for (const [index, statement] of statements.entries()) {
    if (index < (alreadyDone ?? 0)) continue;
    try {
      await client.command({ query: statement });
    } catch (error) {
      // A crash between a statement and its note leaves it done but unnoted.
      const unnoted = index === alreadyDone && error instanceof ClickHouseError && error.code === tableExistsAlready;
      if (!unnoted) throw new Error(`${file.name}, statement ${index + 1}`, { cause: error });
    }
    await note(index + 1);
  }
}
