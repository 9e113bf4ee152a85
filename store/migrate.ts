import { migrateClickhouse } from "./clickhouse/migrate.ts";
import { type Retention, setRetention } from "./clickhouse/retention.ts";
import { readMigrations } from "./migration-files.ts";
import { migratePostgres, withMigrationLock } from "./postgres/migrate.ts";

export interface Migrated {
  /** Names of the files applied just now. */
  readonly postgres: readonly string[];
  readonly clickhouse: readonly string[];
}

/**
 * Brings both databases to the newest schema, creating them where absent, and sets how long they keep what. Safe to run again and side by side: a
 * PostgreSQL advisory lock lets one process in at a time.
 */
export async function migrate({
  clickhouseUrl,
  postgresUrl,
  retention,
}: {
  clickhouseUrl: string;
  postgresUrl: string;
  retention: Retention;
}): Promise<Migrated> {
  const [clickhouseFiles, postgresFiles] = await Promise.all(
    ["clickhouse", "postgres"].map((folder) => readMigrations(`${import.meta.dirname}/${folder}/migrations`)),
  );
  return await withMigrationLock(postgresUrl, async (client) => {
    const postgres = await migratePostgres(client, postgresFiles ?? []);
    const clickhouse = await migrateClickhouse(clickhouseUrl, clickhouseFiles ?? []);
    await setRetention(clickhouseUrl, retention);
    return { postgres, clickhouse };
  });
}
