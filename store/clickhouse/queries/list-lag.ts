import { z } from "zod";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

/** How far `saga_list` is behind at most, ms: since its keeper looked last, if anything has changed since; else 0. */
export async function listLagMs(asker: Asker): Promise<number> {
  const [row] = await asker.ask(
    sql`WITH (SELECT max(upto) FROM saga_listed) AS looked
      SELECT if(count() = 0, 0, greatest(0, toUnixTimestamp64Milli(now64(3)) - toUnixTimestamp64Milli(assumeNotNull(looked)))) AS ms
      FROM saga_changes WHERE at >= looked LIMIT 1`,
    z.object({ ms: Count }),
  );
  return row?.ms ?? 0;
}
