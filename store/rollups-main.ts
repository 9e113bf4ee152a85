import { z } from "zod";
import { clickhouseSettings } from "#contracts/settings.ts";
import { createStoreClient } from "./clickhouse/client.ts";
import { createRollUp } from "./clickhouse/rollups/roll-up.ts";
import { runCommand } from "./command.ts";
import { commandSettings } from "./command-settings.ts";

const usage = `Usage: npm run rollups -- [--rebuild] [--help]

Counts what definitions and outlooks are learned from (table saga_rollups of CLICKHOUSE_URL), slot by slot, where a saga has
changed since it was counted. Ingest does the same as it goes; both may be at it at once.

  --rebuild  takes nothing for counted: counts every slot anew
  --help     prints this`;

await runCommand({ name: "Counting", usage, flag: "rebuild" }, async (isAnew) => {
  const { CLICKHOUSE_URL: url } = commandSettings(z.object(clickhouseSettings), process.env);
  const client = createStoreClient(url, { application: "sagascope-rollups", timeoutMs: 120_000 });
  try {
    const { computed, sagas } = await createRollUp(client, { isAnew }).turn(Number.POSITIVE_INFINITY);
    return `Counted ${sagas} sagas in ${computed} slots.`;
  } finally {
    await client.close();
  }
});
