import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { readMigrations } from "#store/migration-files.ts";
import { withMigrationLock } from "#store/postgres/migrate.ts";
import { createStoreClient, type StoreClient } from "./client.ts";
import { migrateClickhouse } from "./migrate.ts";

export interface OwnDatabase {
  readonly client: StoreClient;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * For integration tests: a migrated database of one's own, in the ClickHouse that the endpoints file at `endpointsPath`
 * names.
 */
export async function createOwnDatabase(endpointsPath: string | undefined): Promise<OwnDatabase> {
  if (!endpointsPath) {
    throw new SagascopeError("BAD_SETTING", "Set SAGASCOPE_ENDPOINTS to the endpoints.json of a running stack.");
  }
  const at = Endpoints.parse(JSON.parse(await readFile(endpointsPath, "utf8")));
  const database = `test_${randomBytes(6).toString("hex")}`;
  const url = new URL(at.clickhouse);
  url.pathname = `/${database}`;
  await makeTestDatabase(url, at);
  const client = createStoreClient(url.href, { application: "sagascope-test" });
  const drop = async () => {
    await client.command({ query: "DROP DATABASE {database:Identifier}", query_params: { database } });
    await client.close();
  };
  return { client, url: url.href, drop };
}

const template = "test_template";

/**
 * For integration tests: makes the database that `url` names as the migrations would. They are run once, into a database
 * that is kept, by one file of tests while others wait; each of the others is a copy of it, which takes a tenth of the time.
 */
export async function makeTestDatabase(url: URL, { postgres }: Pick<Endpoints, "postgres">): Promise<void> {
  const ofTemplate = new URL(url);
  ofTemplate.pathname = `/${template}`;
  const files = await readMigrations(`${import.meta.dirname}/migrations`);
  await withMigrationLock(postgres, () => migrateClickhouse(ofTemplate.href, files));
  const client = createStoreClient(ofTemplate.href, { application: "sagascope-test" });
  const database = url.pathname.slice(1);
  // What is kept in memory is kept for the session.
  const session_id = randomUUID();
  for (const query of [
    `BACKUP DATABASE ${template} TO Memory('template')`,
    `RESTORE DATABASE ${template} AS \`${database}\` FROM Memory('template')`,
  ])
    await client.command({ query, session_id });
  await client.close();
}
