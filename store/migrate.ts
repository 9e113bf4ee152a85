import type { Retention } from "#contracts/retention.ts";
import { migrateClickhouse, type PendingFile, pendingClickhouse } from "./clickhouse/migrate.ts";
import { pendingRetention, type RetentionChange, setRetention } from "./clickhouse/retention.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { migratePostgres, pendingPostgres, withMigrationLock } from "./postgres/migrate.ts";

export interface Migrating {
  readonly clickhouseUrl: string;
  readonly postgresUrl: string;
  readonly retention: Retention;
  /** Whether somebody gave these times: then all tables get them, else only those that have none yet. */
  readonly isRetentionGiven?: boolean;
  /** Where ClickHouse has several nodes: its cluster's name. */
  readonly clusterName?: string | undefined;
}

export interface Migrated {
  /** Names of the files applied just now. */
  readonly postgres: readonly string[];
  readonly clickhouse: readonly string[];
  readonly retention: readonly RetentionChange[];
}

/**
 * Brings both databases to the newest schema, creating them where absent, and sets how long they keep what. Safe to run
 * again and side by side: a PostgreSQL advisory lock lets one process in at a time.
 */
export async function migrate({
  clickhouseUrl,
  postgresUrl,
  retention,
  isRetentionGiven = false,
  clusterName,
}: Migrating): Promise<Migrated> {
  const files = await readAllMigrations();
  return await withMigrationLock(postgresUrl, async (client, lost) => {
    const postgres = await migratePostgres(client, files.postgres);
    const clickhouse = await migrateClickhouse(clickhouseUrl, files.clickhouse, { signal: lost, clusterName });
    const where = { clusterName, onlyUnsettled: !isRetentionGiven };
    return { postgres, clickhouse, retention: await setRetention(clickhouseUrl, retention, where) };
  });
}

/** What `migrate` would do now. */
export interface MigrationPlan {
  readonly postgres: readonly Migration[];
  readonly clickhouse: readonly PendingFile[];
  readonly retention: readonly RetentionChange[];
}

/** Looks without changing anything; another process may come before. Refuses what `migrate` would refuse. */
export async function planMigration({
  clickhouseUrl,
  postgresUrl,
  retention,
  isRetentionGiven = false,
  clusterName,
}: Migrating): Promise<MigrationPlan> {
  const files = await readAllMigrations();
  const [postgres, clickhouse, changes] = await Promise.all([
    pendingPostgres(postgresUrl, files.postgres),
    pendingClickhouse(clickhouseUrl, files.clickhouse, clusterName),
    pendingRetention(clickhouseUrl, retention, { clusterName, onlyUnsettled: !isRetentionGiven }),
  ]);
  return { postgres, clickhouse, retention: changes };
}

async function readAllMigrations() {
  const [postgres, clickhouse] = await Promise.all([
    readMigrations(`${import.meta.dirname}/postgres/migrations`),
    readMigrations(`${import.meta.dirname}/clickhouse/migrations`),
  ]);
  return { postgres, clickhouse };
}
