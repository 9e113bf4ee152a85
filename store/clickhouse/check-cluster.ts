import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import type { StoreClient } from "./client.ts";
import type { Cluster } from "./spread.ts";

const Row = z.object({ known: z.array(z.string()), engines: z.array(z.string()) });

/**
 * Throws `BAD_SETTING` where the server has no cluster of this name, or the database's tables were made the other way: on
 * one node where there is a cluster now, or on a cluster where there is none.
 */
export async function checkCluster(client: StoreClient, database: string, cluster: Cluster | undefined): Promise<void> {
  const answer = await client.query({
    query: `SELECT (SELECT groupUniqArray(cluster) FROM system.clusters) AS known,
        (SELECT groupArray(engine) FROM system.tables WHERE database = {database:String} AND name = 'saga_events') AS engines`,
    query_params: { database },
    format: "JSONEachRow",
  });
  const [{ known, engines }] = z.tuple([Row]).parse(await answer.json());
  if (cluster && !known.includes(cluster.name)) {
    const names = known.length === 0 ? "none" : known.sort().join(", ");
    throw new SagascopeError(
      "BAD_SETTING",
      `CLICKHOUSE_CLUSTER names ${cluster.name}, which the server does not have in system.clusters (it has ${names}).`,
    );
  }
  const [engine] = engines;
  if (engine === undefined || (engine === "Distributed") === (cluster !== undefined)) return;
  const message = cluster
    ? `CLICKHOUSE_CLUSTER is set, but the tables in ${database} were made on one node. Leave it out, or name a new database in CLICKHOUSE_URL.`
    : `The tables in ${database} are those of a cluster. Name it in CLICKHOUSE_CLUSTER.`;
  throw new SagascopeError("BAD_SETTING", message);
}
