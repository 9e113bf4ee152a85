import { retentionCommandSettings } from "#contracts/settings.ts";
import { createStoreClient } from "./clickhouse/client.ts";
import { keptRows } from "./clickhouse/kept-rows.ts";
import { setRetention } from "./clickhouse/retention.ts";
import { readRetention } from "./clickhouse/retention-file.ts";
import { runCommand } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { describeKept } from "./describe-kept.ts";

const usage = `Usage: npm run retention -- [--apply] [--help]

Prints how long each table of ClickHouse (CLICKHOUSE_URL) keeps its rows, beside what RETENTION_FILE says.

  --apply  sets what the file says; nothing is restarted, and it holds for what is stored already
  --help   prints this`;

await runCommand({ name: "Retention", usage, flag: "apply" }, async (isApply) => {
  const settings = commandSettings(retentionCommandSettings, process.env);
  const { CLICKHOUSE_URL: url, RETENTION_FILE: file, CLICKHOUSE_CLUSTER: clusterName } = settings;
  const retention = await readRetention(file);
  const changes = isApply ? await setRetention(url, retention, { clusterName }) : [];
  const client = createStoreClient(url, { application: "sagascope-retention", timeoutMs: 120_000 });
  try {
    return [
      ...changes.flatMap(({ statements }) => statements).map((statement) => `${statement};`),
      describeKept(await keptRows(client, retention, clusterName !== undefined)),
    ].join("\n");
  } finally {
    await client.close();
  }
});
