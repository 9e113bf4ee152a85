import { Pool, type PoolClient } from "pg";
import { type Db, stateError } from "./ask.ts";

export type StatePool = Pool;

/**
 * A pool of connections to the state at `url` (`postgres://user:password@host:5432/sagascope`).
 * `application` is what PostgreSQL shows of us; `lost` hears of idle connections that broke, which are replaced.
 */
export function createStatePool(
  url: string,
  {
    application,
    connections = 5,
    lost = () => undefined,
  }: { application: string; connections?: number; lost?: (error: Error) => void },
): StatePool {
  const pool = new Pool({
    connectionString: url,
    application_name: application,
    max: connections,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  pool.on("error", lost);
  return pool;
}

/** Does all of `work` or, where it throws, none of it. */
export async function transaction<Result>(pool: StatePool, work: (db: Db) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw stateError(error);
  } finally {
    client.release(broken);
  }
}

async function connect(pool: StatePool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw stateError(error);
  }
}
