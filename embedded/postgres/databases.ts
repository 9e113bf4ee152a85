import pg from "pg";
import type { demoServices } from "#embedded/parts.ts";

/** The demo service's own database. */
export const demoDatabase = (service: (typeof demoServices)[number]): string => `demo_${service}`;

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Resolves once the server answers a query. */
export async function askPostgres(url: string): Promise<void> {
  await withClient(url, (client) => client.query("SELECT 1"));
}

/** Creates the databases that are missing, through a connection to `url`. */
export async function createDatabases(url: string, names: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>("SELECT datname FROM pg_database");
    const present = new Set(rows.map((row) => row.datname));
    for (const name of names) {
      if (!present.has(name)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    }
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that stops under us ends the query too, which is where it is told of.
  client.on("error", () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
