import { z } from "zod";
import type { Logs } from "#contracts/api/logs.ts";
import { severities } from "#contracts/words.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type LogFilter, matchingLogs, severityBand } from "./log-filter.ts";
import { bucketOf, bucketStarts } from "./time-window.ts";

const Row = z.object({ bucket: Count, band: Count, lines: Count });

/** How many lines match: in all, and by bucket and severity. */
export async function countLogs(
  asker: Asker,
  filter: LogFilter,
  bucketSeconds: number,
): Promise<Pick<Logs, "total" | "series">> {
  const rows = await asker.ask(
    sql`SELECT ${bucketOf(sql`TimestampTime`, bucketSeconds)} AS bucket,
        ${severityBand} AS band, count() AS lines
      FROM otel_logs WHERE ${matchingLogs(filter)} GROUP BY bucket, band ORDER BY bucket, band LIMIT 10000`,
    Row,
  );
  const byStart = Map.groupBy(rows, ({ bucket }) => bucket * 1000);
  const series = bucketStarts(filter.window, bucketSeconds).map((startMs) => ({
    at: new Date(startMs).toISOString(),
    lines: Object.fromEntries(
      (byStart.get(startMs) ?? []).map(({ band, lines }) => [severities[band - 1] ?? "none", lines]),
    ),
  }));
  return { total: rows.reduce((sum, { lines }) => sum + lines, 0), series };
}
