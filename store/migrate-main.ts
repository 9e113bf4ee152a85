import { migrateSettings } from "#contracts/settings.ts";
import { readRetention } from "./clickhouse/retention-file.ts";
import { runCommand } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { describePlan } from "./describe-plan.ts";
import { describeRetentionChange } from "./describe-retention-change.ts";
import { type Migrated, migrate, planMigration } from "./migrate.ts";

const usage = `Usage: npm run migrate -- [--plan] [--help]

Brings PostgreSQL (DATABASE_URL) and ClickHouse (CLICKHOUSE_URL) to the newest schema. New tables get the time that they
keep their rows; with RETENTION_FILE all tables get what it says. Safe to run again, and by several at once: each waits
for the one before.

  --plan  prints what would be applied, statement by statement, and applies nothing
  --help  prints this`;

await runCommand({ name: "Migration", usage, flag: "plan" }, async (isPlan) => {
  const settings = commandSettings(migrateSettings, process.env);
  const migrating = {
    clickhouseUrl: settings.CLICKHOUSE_URL,
    postgresUrl: settings.DATABASE_URL,
    clusterName: settings.CLICKHOUSE_CLUSTER,
    retention: await readRetention(settings.RETENTION_FILE),
    isRetentionGiven: settings.RETENTION_FILE !== undefined,
  };
  if (isPlan) return describePlan(await planMigration(migrating));
  return describeMigrated(await migrate(migrating));
});

function describeMigrated({ postgres, clickhouse, retention }: Migrated): string {
  const names = [...postgres, ...clickhouse];
  const lines = [
    ...(names.length > 0 ? [`Applied ${names.join(", ")}.`] : []),
    ...retention.map(describeRetentionChange),
  ];
  return lines.length === 0 ? "The databases are up to date." : lines.join("\n");
}
