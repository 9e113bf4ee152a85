import { z } from "zod";
import type { TableSize } from "#contracts/api/pipeline.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

const Row = z
  .object({
    table: z.string(),
    rows: Count,
    bytes: Count,
    raw_bytes: Count,
    kept_days: z.string(),
    kept_hours: z.string(),
  })
  .transform(
    ({ raw_bytes: rawBytes, kept_days: days, kept_hours: hours, ...row }): TableSize => ({
      ...row,
      rawBytes,
      keptHours: days !== "" ? 24 * Number(days) : hours !== "" ? Number(hours) : null,
    }),
  );

/** Every table with rows: how many, their size on disk and before compression, and how long they are kept. */
export async function tableSizes(asker: Asker): Promise<TableSize[]> {
  return await asker.ask(
    sql`SELECT parts.table AS table, parts.rows AS rows, parts.bytes AS bytes, parts.raw_bytes AS raw_bytes,
        extract(tables.engine_full, ' TTL [^,]*toIntervalDay\\((\\d+)\\)') AS kept_days,
        extract(tables.engine_full, ' TTL [^,]*toIntervalHour\\((\\d+)\\)') AS kept_hours
      FROM (
        SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, sum(data_uncompressed_bytes) AS raw_bytes
        FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table) AS parts
      INNER JOIN (SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()) AS tables
        ON tables.name = parts.table
      ORDER BY bytes DESC, table LIMIT 200`,
    Row,
  );
}
