import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { readMigrations } from "#store/migration-files.ts";
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
  const { clickhouse } = Endpoints.parse(JSON.parse(await readFile(endpointsPath, "utf8")));
  const database = `test_${randomBytes(6).toString("hex")}`;
  const url = new URL(clickhouse);
  url.pathname = `/${database}`;
  await migrateClickhouse(url.href, await readMigrations(`${import.meta.dirname}/migrations`));
  const client = createStoreClient(url.href, { application: "sagascope-test" });
  const drop = async () => {
    await client.command({ query: "DROP DATABASE {database:Identifier}", query_params: { database } });
    await client.close();
  };
  return { client, url: url.href, drop };
}
