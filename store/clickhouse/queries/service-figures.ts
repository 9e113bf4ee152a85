import { z } from "zod";
import type { Services } from "#contracts/api/services.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketOf, bucketStarts, spansWithin, type TimeWindow } from "./time-window.ts";

const Slots = z.tuple([z.array(Count), z.array(Count)]);
const Row = z.object({
  service: z.string(),
  version: z.string(),
  requests: Count,
  errors: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  requests_at: Slots,
  errors_at: Slots,
});

/** Requests served and messages taken by version of each service, the busiest `limit` of them, each span once: in all, and by bucket. */
export async function serviceFigures(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, limit }: { bucketSeconds: number; limit: number },
): Promise<Services["services"]> {
  const rows = await asker.ask(
    sql`SELECT service, version, count() AS requests, countIf(Failed) AS errors,
        (quantilesExact(0.5, 0.95, 0.99)(Duration) AS parts)[1] / 1e6 AS p50, parts[2] / 1e6 AS p95, parts[3] / 1e6 AS p99,
        sumMap([slot], [1]) AS requests_at, sumMapIf([slot], [1], Failed) AS errors_at
      FROM (SELECT ServiceName AS service, Version AS version, Failed, Duration,
          ${bucketOf(sql`Timestamp`, bucketSeconds)} AS slot
        FROM service_spans WHERE ${spansWithin(window)} AND Kind IN ('Server', 'Consumer') LIMIT 1 BY Id)
      GROUP BY service, version ORDER BY requests DESC, service, version LIMIT ${uint32(limit)}`,
    Row,
  );
  const starts = bucketStarts(window, bucketSeconds);
  return rows.map(({ p50: p50Ms, p95: p95Ms, p99: p99Ms, requests_at, errors_at, ...row }) => {
    const requests = countsBySlot(requests_at);
    const errors = countsBySlot(errors_at);
    const series = starts.map((startMs) => ({
      at: new Date(startMs).toISOString(),
      requests: requests.get(startMs) ?? 0,
      errors: errors.get(startMs) ?? 0,
    }));
    return { ...row, p50Ms, p95Ms, p99Ms, series };
  });
}

const countsBySlot = ([slots, counts]: z.output<typeof Slots>) =>
  new Map(slots.map((slot, index) => [slot * 1000, counts[index] ?? 0]));
