import { readdir, readFile } from "node:fs/promises";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import pg from "pg";
import { backoffMs, pause } from "#sdk/backoff.ts";
import { inboxSchema } from "#sdk/inbox.ts";
import { outboxSchema, type SqlClient } from "#sdk/outbox.ts";
import type { Logger } from "./log.ts";

const tracer = trace.getTracer("services-demo");

/** A transaction under way: what is written through it becomes true together, or not at all. */
export interface Transaction {
  /** For the sdk's own statements (outbox, inbox), which get no spans. */
  readonly client: SqlClient;
  /** Runs a statement in a CLIENT span named after what it does; gives its rows. */
  query<Row>(name: string, text: string, values?: unknown[]): Promise<Row[]>;
}

export interface Database {
  /** Runs `work` between BEGIN and COMMIT; rolls back when it throws. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  query<Row>(name: string, text: string, values?: unknown[]): Promise<Row[]>;
  /** A connected client outside the pool. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface PoolSize {
  /** With all services and the product, they must fit in PostgreSQL's default hundred. */
  readonly connections: number;
  /** How long work may wait for one. */
  readonly waitMs: number;
}

export function openDatabase(url: string, log: Logger, { connections, waitMs }: PoolSize): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: waitMs,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", (error) => log.warn({ error: error.message }, "An idle connection to PostgreSQL broke"));
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch(throwAway);
    // One that breaks under a query fails that query, too; here it would only end the process.
    const ignore = () => {};
    client.on("error", ignore);
    let broken = false;
    try {
      return await work(client);
    } catch (error) {
      broken = isTransient(error);
      throw error;
    } finally {
      client.off("error", ignore);
      client.release(broken);
    }
  };
  return {
    transaction: (work) =>
      withClient(async (client) => {
        await client.query("BEGIN");
        try {
          const result = await work({ client, query: (name, text, values) => traced(client, name, text, values) });
          await client.query("COMMIT");
          return result;
        } catch (error) {
          await client.query("ROLLBACK").catch(throwAway);
          throw error;
        }
      }),
    query: (name, text, values) => withClient((client) => traced(client, name, text, values)),
    connect: async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
      await client.connect().catch(throwAway);
      return client;
    },
    close: () => pool.end(),
  };
}

/** Each text's statement, so that each connection plans it once. The texts are the program's own: their number is bounded. */
const statements = new Map<string, string>();

function statementOf(text: string): string {
  const known = statements.get(text);
  if (known !== undefined) return known;
  const made = `q${statements.size}`;
  statements.set(text, made);
  return made;
}

function traced<Row>(client: SqlClient, name: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const attributes = { "db.system.name": "postgresql", "db.query.text": text, "db.query.summary": name };
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return (await client.query({ name: statementOf(text), text, values })).rows as Row[];
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** No connection to PostgreSQL could be had; it will pass. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

/** Classes of PostgreSQL's errors that say the settings are wrong: who we are, and which database. */
const settingClasses = new Set(["28", "3D"]);

function throwAway(error: Error & { code?: string }): never {
  if (settingClasses.has(error.code?.slice(0, 2) ?? "")) throw error;
  throw new DatabaseAway(error.message, { cause: error });
}

const passingClasses = new Set(["08", "40", "53", "55", "57", "58"]);
const passingCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

/** Whether a database error will pass by itself: no connection, no room, a deadlock, a shutdown. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") {
    return passingCodes.has(code) || (code.length === 5 && passingClasses.has(code.slice(0, 2)));
  }
  // pg gives no code when the connection ends under a query.
  return error instanceof Error && /^Connection terminated|not queryable/.test(error.message);
}

/** The tables of every service: outbox, inbox, what could not be read, and which steps ran. */
const chassisSchema = `
  ${outboxSchema}
  ${inboxSchema}
  CREATE TABLE IF NOT EXISTS dead_letters (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea,
    reason text NOT NULL,
    dead_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, "offset")
  );
  CREATE TABLE IF NOT EXISTS step_runs (
    saga_id text NOT NULL,
    step text NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'skipped')),
    attempt integer NOT NULL,
    error jsonb,
    last_event_id text,
    started_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (saga_id, step)
  );
  CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
`;

/** Brings the database up to date: the chassis' tables, then the folder's numbered files, each once, under a lock. */
async function migrate(database: Database, folder: URL): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const client = await database.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(727001)");
    await client.query(chassisSchema);
    for (const name of files) {
      const { rowCount } = await client.query(
        "INSERT INTO schema_migrations (name) VALUES ($1) ON CONFLICT DO NOTHING",
        [name],
      );
      if (rowCount === 1) await client.query(await readFile(new URL(name, folder), "utf8"));
    }
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

/** Migrates as soon as PostgreSQL answers; tries again with back-off until then. */
export async function migrateWhenUp(
  database: Database,
  folder: URL,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await migrate(database, folder);
    } catch (error) {
      if (!isTransient(error)) throw error;
      log.warn({ attempt, error: (error as Error).message }, "PostgreSQL does not answer yet (DATABASE_URL)");
      await pause(backoffMs(attempt + 1, { firstMs: 200, mostMs: 3000 }), signal);
    }
  }
}
