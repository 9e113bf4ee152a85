import { migrateClickhouse } from "./clickhouse/migrate.ts";
import { readMigrations } from "./migration-files.ts";
import { migratePostgres, withMigrationLock } from "./postgres/migrate.ts";

export interface Migrated {
  /** Names of the files applied just now. */
  readonly postgres: readonly string[];
  readonly clickhouse: readonly string[];
}

/**
 * Brings both databases to the newest schema, creating them where absent. Safe to run again and side by side: a
 * PostgreSQL advisory lock lets one process in at a time.
 */
export async function migrate({
  clickhouseUrl,
  postgresUrl,
}: {
  clickhouseUrl: string;
  postgresUrl: string;
}): Promise<Migrated> {
  const [clickhouseFiles, postgresFiles] = await Promise.all(
    ["clickhouse", "postgres"].map((folder) => readMigrations(`${import.meta.dirname}/${folder}/migrations`)),
  );
  return await withMigrationLock(postgresUrl, async (client) => ({
    postgres: await migratePostgres(client, postgresFiles ?? []),
    clickhouse: await migrateClickhouse(clickhouseUrl, clickhouseFiles ?? []),
  }));
}
