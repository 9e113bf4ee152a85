import type { z } from "zod";
import type { ingestSettings } from "#contracts/settings.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import { readRetention } from "#store/clickhouse/retention-file.ts";
import { describeRetentionChange } from "#store/describe-retention-change.ts";
import { migrate } from "#store/migrate.ts";

type Settings = Pick<
  z.infer<typeof ingestSettings>,
  "MIGRATE_ON_START" | "CLICKHOUSE_URL" | "CLICKHOUSE_CLUSTER" | "DATABASE_URL" | "RETENTION_FILE"
>;

/**
 * What has to be done to the store before it is read: nothing, unless the settings say to migrate it. Of several workers
 * that start at once, each waits for the one before. Throws `BAD_SETTING` where they lack what that takes.
 */
export function migrateOnStart(settings: Settings, log: Logger): () => Promise<void> {
  const { CLICKHOUSE_URL: clickhouseUrl, DATABASE_URL: postgresUrl, CLICKHOUSE_CLUSTER: clusterName } = settings;
  if (!settings.MIGRATE_ON_START) return async () => undefined;
  if (postgresUrl === undefined) {
    const message = "MIGRATE_ON_START wants DATABASE_URL: PostgreSQL's lock lets one worker migrate at a time.";
    throw new SagascopeError("BAD_SETTING", message);
  }
  return async () => {
    const retention = await readRetention(settings.RETENTION_FILE);
    const isRetentionGiven = settings.RETENTION_FILE !== undefined;
    const done = await migrate({ clickhouseUrl, postgresUrl, retention, isRetentionGiven, clusterName });
    for (const change of done.retention) log.info({ table: change.table }, describeRetentionChange(change));
  };
}
