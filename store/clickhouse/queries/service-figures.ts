import { z } from "zod";
import type { Services } from "#contracts/api/services.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { onceEach } from "./once-each.ts";
import { bucketOf, bucketStarts, spansWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({
  service: z.string(),
  version: z.string(),
  requests: Count,
  errors: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  slots: z.array(z.tuple([Count, Count, Count])),
});

/** Requests served and messages taken by version of each service, the busiest `limit` of them, each span once: in all, and by bucket. */
export async function serviceFigures(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, limit }: { bucketSeconds: number; limit: number },
): Promise<Services["services"]> {
  const served = sql`service_spans WHERE ${spansWithin(window)} AND Kind IN ('Server', 'Consumer')`;
  const rows = await onceEach(asker, served, (each) =>
    asker.ask(
      sql`SELECT service, version, sum(served) AS requests, sum(failed) AS errors,
          (quantilesExactMerge(0.5, 0.95, 0.99)(took) AS parts)[1] / 1e6 AS p50, parts[2] / 1e6 AS p95, parts[3] / 1e6 AS p99,
          groupArray((slot, served, failed)) AS slots
        FROM (SELECT ServiceName AS service, Version AS version, ${bucketOf(sql`Timestamp`, bucketSeconds)} AS slot,
            count() AS served, countIf(Failed) AS failed, quantilesExactState(0.5, 0.95, 0.99)(Duration) AS took
          FROM (${each}) GROUP BY service, version, slot)
        GROUP BY service, version ORDER BY requests DESC, service, version LIMIT ${uint32(limit)}`,
      Row,
    ),
  );
  const starts = bucketStarts(window, bucketSeconds);
  return rows.map(({ p50: p50Ms, p95: p95Ms, p99: p99Ms, slots, ...row }) => {
    const ofSlot = new Map(slots.map(([slot, requests, errors]) => [slot * 1000, { requests, errors }]));
    const series = starts.map((startMs) => ({
      at: new Date(startMs).toISOString(),
      ...(ofSlot.get(startMs) ?? { requests: 0, errors: 0 }),
    }));
    return { ...row, p50Ms, p95Ms, p99Ms, series };
  });
}
