import { Client, DatabaseError } from "pg";
import { SagascopeError } from "#lib/errors.ts";
import { type Landed, type Migration, pendingMigrations } from "#store/migration-files.ts";

const noSuchDatabase = "3D000";
const noSuchTable = "42P01";
/** "duplicate_database", and "unique_violation" when two create it at the same moment. */
const existsAlready = new Set<unknown>(["42P04", "23505"]);
/** What every migrating process locks; the number itself means nothing. */
const lockKey = 7_241_903_551;

/**
 * Creates the database that `url` names where it is absent, and runs `work` while holding the lock that lets one
 * process migrate at a time. The lock goes with the connection: a crash frees it, and `lost` aborts where the
 * connection breaks while `work` goes on.
 */
export async function withMigrationLock<T>(
  url: string,
  work: (client: Client, lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = await connectOrCreate(url);
  const lost = new AbortController();
  client.on("error", (cause) => {
    const message = "The connection to PostgreSQL broke, and with it the lock of migrations: run the migrations again.";
    lost.abort(new SagascopeError("STORE_DOWN", message, { cause }));
  });
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    return await work(client, lost.signal);
  } finally {
    await client.end();
  }
}

/** Applies the files that have not landed, each in its transaction. Returns their names. The caller holds the lock. */
export async function migratePostgres(client: Client, files: readonly Migration[]): Promise<string[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations
    (name text PRIMARY KEY, checksum text NOT NULL, at timestamptz NOT NULL DEFAULT now())`);
  const pending = pendingMigrations(files, await landedFiles(client));
  for (const file of pending) await apply(client, file);
  return pending.map((file) => file.name);
}

/** What `migratePostgres` would apply now. Creates nothing. */
export async function pendingPostgres(url: string, files: readonly Migration[]): Promise<Migration[]> {
  let client: Client;
  try {
    client = await connect(url);
  } catch (error) {
    if (codeOf(error) === noSuchDatabase) return [...files];
    throw error;
  }
  try {
    return pendingMigrations(files, await landedFiles(client));
  } catch (error) {
    if (codeOf(error) === noSuchTable) return [...files];
    throw error;
  } finally {
    await client.end();
  }
}

async function landedFiles(client: Client): Promise<Landed[]> {
  return (await client.query<Landed>("SELECT name, checksum FROM schema_migrations ORDER BY name")).rows;
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
  try {
    await client.connect();
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
    const message = `PostgreSQL does not answer at ${new URL(url).host}. Migrations want it for ClickHouse's sake too, since its lock lets one process migrate at a time: see that it runs and that DATABASE_URL is right.`;
    throw new SagascopeError("STORE_DOWN", message, { cause });
  }
  return client;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
