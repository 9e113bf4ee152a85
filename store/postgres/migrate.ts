import { Client } from "pg";
import { type Landed, type Migration, pendingMigrations } from "#store/migration-files.ts";

const noSuchDatabase = "3D000";
/** "duplicate_database", and "unique_violation" when two create it at the same moment. */
const existsAlready = new Set<unknown>(["42P04", "23505"]);
/** What every migrating process locks; the number itself means nothing. */
const lockKey = 7_241_903_551;

/**
 * Creates the database that `url` names where it is absent, and runs `work` while holding the lock that lets one
 * process migrate at a time. The lock goes with the connection, so a crash frees it.
 */
export async function withMigrationLock<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectOrCreate(url);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Applies the files that have not landed, each in its transaction. Returns their names. The caller holds the lock. */
export async function migratePostgres(client: Client, files: readonly Migration[]): Promise<string[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations
    (name text PRIMARY KEY, checksum text NOT NULL, at timestamptz NOT NULL DEFAULT now())`);
  const landed = await client.query<Landed>("SELECT name, checksum FROM schema_migrations ORDER BY name");
  const pending = pendingMigrations(files, landed.rows);
  for (const file of pending) await apply(client, file);
  return pending.map((file) => file.name);
}

async function apply(client: Client, file: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(file.text);
    await client.query("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", [file.name, file.checksum]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(file.name, { cause: error });
  }
}

async function connectOrCreate(url: string): Promise<Client> {
  try {
    return await connect(url);
  } catch (error) {
    if (codeOf(error) !== noSuchDatabase) throw error;
  }
  const server = new URL(url);
  const database = decodeURIComponent(server.pathname.slice(1));
  server.pathname = "/postgres";
  const admin = await connect(server.href);
  try {
    await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(database)}`);
  } catch (error) {
    if (!existsAlready.has(codeOf(error))) throw error;
  } finally {
    await admin.end();
  }
  return await connect(url);
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  return client;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
