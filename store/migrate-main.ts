import { migrateSettings } from "#contracts/settings.ts";
import { messageOf } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";
import { migrate } from "./migrate.ts";

try {
  const settings = parseSettings(migrateSettings, process.env);
  const done = await migrate({
    clickhouseUrl: settings.CLICKHOUSE_URL,
    postgresUrl: settings.DATABASE_URL,
    retention: {
      sagasDays: settings.RETENTION_SAGAS_DAYS,
      telemetryDays: settings.RETENTION_TELEMETRY_DAYS,
      deadLettersDays: settings.RETENTION_DEAD_LETTERS_DAYS,
    },
  });
  const names = [...done.postgres, ...done.clickhouse];
  console.log(names.length === 0 ? "The databases are up to date." : `Applied ${names.join(", ")}.`);
} catch (error) {
  console.error(`Migration failed: ${messageOf(error)}`);
  process.exitCode = 1;
}
