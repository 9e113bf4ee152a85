import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { readMigrations } from "#store/migration-files.ts";
import { migratePostgres, withMigrationLock } from "./migrate.ts";

export interface OwnState {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * For integration tests: a migrated database of one's own, in the PostgreSQL that the endpoints file at
 * `endpointsPath` names.
 */
export async function createOwnState(endpointsPath: string | undefined): Promise<OwnState> {
  if (!endpointsPath) {
    throw new SagascopeError("BAD_SETTING", "Set SAGASCOPE_ENDPOINTS to the endpoints.json of a running stack.");
  }
  const { postgres } = Endpoints.parse(JSON.parse(await readFile(endpointsPath, "utf8")));
  const database = `test_${randomBytes(6).toString("hex")}`;
  const url = new URL(postgres);
  url.pathname = `/${database}`;
  const files = await readMigrations(`${import.meta.dirname}/migrations`);
  await withMigrationLock(url.href, (client) => migratePostgres(client, files));
  const drop = async () => {
    const client = new Client({ connectionString: postgres });
    await client.connect();
    await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await client.end();
  };
  return { url: url.href, drop };
}
