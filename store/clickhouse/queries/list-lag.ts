import { z } from "zod";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

/** For how many ms the oldest change of a saga that `saga_list` lacks has been in the store; 0 where it lacks none. */
export async function listLagMs(asker: Asker): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT greatest(0, toUnixTimestamp64Milli(now64(3)) - toUnixTimestamp64Milli(minOrDefault(at))) * (count() > 0) AS ms
      FROM saga_changes WHERE at >= (SELECT max(upto) FROM saga_listed) LIMIT 1`,
    z.object({ ms: Count }),
  );
  return row?.ms ?? 0;
}
