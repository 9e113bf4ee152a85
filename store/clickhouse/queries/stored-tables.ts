import { z } from "zod";
import { sql, strings } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

const Row = z.object({ name: z.string(), rows: Count, bytes: Count, engine: z.string() });
export type StoredTable = z.infer<typeof Row>;

/** Rows, bytes on disk (indexes included) and engine of these tables, as this server holds them. */
export async function storedTables(asker: Asker, tables: readonly string[]): Promise<StoredTable[]> {
  return await asker.ask(
    sql`SELECT name, toUInt64(sum(parts.rows)) AS rows, toUInt64(sum(parts.bytes_on_disk)) AS bytes, any(engine_full) AS engine
      FROM system.tables AS tables
      LEFT JOIN (SELECT table, rows, bytes_on_disk FROM system.parts WHERE active AND database = currentDatabase()) AS parts
        ON parts.table = tables.name
      WHERE tables.database = currentDatabase() AND has(${strings(tables)}, name)
      GROUP BY name ORDER BY name LIMIT 1000`,
    Row,
  );
}
