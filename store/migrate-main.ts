import { migrateSettings } from "#contracts/settings.ts";
import { readRetention } from "./clickhouse/retention-file.ts";
import { runCommand } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { describePlan } from "./describe-plan.ts";
import { migrate, planMigration } from "./migrate.ts";

const usage = `Usage: npm run migrate -- [--plan] [--help]

Brings PostgreSQL (DATABASE_URL) and ClickHouse (CLICKHOUSE_URL) to the newest schema and sets how long tables keep their
rows (RETENTION_FILE). Safe to run again, and by several at once: each waits for the one before.

  --plan  prints what would be applied, statement by statement, and applies nothing
  --help  prints this`;

await runCommand({ name: "Migration", usage, flag: "plan" }, async (isPlan) => {
  const settings = commandSettings(migrateSettings, process.env);
  const migrating = {
    clickhouseUrl: settings.CLICKHOUSE_URL,
    postgresUrl: settings.DATABASE_URL,
    clusterName: settings.CLICKHOUSE_CLUSTER,
    retention: await readRetention(settings.RETENTION_FILE),
  };
  if (isPlan) return describePlan(await planMigration(migrating));
  const done = await migrate(migrating);
  const names = [...done.postgres, ...done.clickhouse];
  return names.length === 0 ? "The databases are up to date." : `Applied ${names.join(", ")}.`;
});
