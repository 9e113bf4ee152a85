import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import type { StoreClient } from "./client.ts";
import type { Cluster } from "./spread.ts";

const Found = z.array(z.object({ found: z.string() }));

/**
 * Throws `BAD_SETTING` where the server has no cluster of this name, or the database's tables were made the other way: on
 * one node where there is a cluster now, or on a cluster where there is none.
 */
export async function checkCluster(client: StoreClient, database: string, cluster: Cluster | undefined): Promise<void> {
  if (cluster) await checkName(client, cluster.name);
  const answer = await client.query({
    query: "SELECT engine AS found FROM system.tables WHERE database = {database:String} AND name = 'saga_events'",
    query_params: { database },
    format: "JSONEachRow",
  });
  const [table] = Found.parse(await answer.json());
  if (!table || (table.found === "Distributed") === (cluster !== undefined)) return;
  const message = cluster
    ? `CLICKHOUSE_CLUSTER is set, but the tables in ${database} were made on one node. Leave it out, or name a new database in CLICKHOUSE_URL.`
    : `The tables in ${database} are those of a cluster. Name it in CLICKHOUSE_CLUSTER.`;
  throw new SagascopeError("BAD_SETTING", message);
}

async function checkName(client: StoreClient, wanted: string): Promise<void> {
  const answer = await client.query({
    query: "SELECT DISTINCT cluster AS found FROM system.clusters ORDER BY found",
    format: "JSONEachRow",
  });
  const known = Found.parse(await answer.json()).map(({ found }) => found);
  if (known.includes(wanted)) return;
  const names = known.length === 0 ? "none" : known.join(", ");
  throw new SagascopeError(
    "BAD_SETTING",
    `CLICKHOUSE_CLUSTER names ${wanted}, which the server does not have in system.clusters (it has ${names}).`,
  );
}
