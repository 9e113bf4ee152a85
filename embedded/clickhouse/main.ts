import { messageOf } from "#lib/errors.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";
import { clickhouseServerSettings } from "./settings.ts";

const stopLimitMs = 4_500;

try {
  const settings = parseSettings(clickhouseServerSettings, process.env);
  // A lane is a thread of libuv's pool, which takes its size once, when it is first used.
  process.env.UV_THREADPOOL_SIZE = String(settings.CLICKHOUSE_READ_LANES + settings.CLICKHOUSE_WRITE_LANES + 6);
  const log = createLogger("clickhouse", settings.LOG_LEVEL);
  const { startClickHouse } = await import("./start.ts");
  const clickhouse = await startClickHouse(settings, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log.info({ signal }, "stopping");
      await clickhouse.stop(stopLimitMs);
      process.exit(0);
    });
  }
} catch (error) {
  console.error(`ClickHouse did not start: ${messageOf(error)}`);
  process.exit(1);
}
