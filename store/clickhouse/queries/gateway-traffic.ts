import { z } from "zod";
import type { Gateway } from "#contracts/api/gateway.ts";
import { moment, type Sql, sql, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketStarts, fillBuckets, type TimeWindow } from "./time-window.ts";

export interface GatewayScope {
  readonly services: readonly string[];
  readonly window: TimeWindow;
}

/** Requests that the gateways served within the window, each span once. */
export function gatewayRequests({ services, window }: GatewayScope): Sql {
  return sql`SELECT * FROM http_requests WHERE ServiceName IN ${strings(services)}
    AND Timestamp >= ${moment(window.fromMs)} AND Timestamp < ${moment(window.toMs)} LIMIT 1 BY TraceId, SpanId`;
}

export const requestColumns: Sql = sql`count() AS requests,
  countIf(Status >= 400 AND Status < 500) AS client_errors, countIf(Status >= 500) AS server_errors,
  (quantilesExact(0.5, 0.95, 0.99)(Duration) AS parts)[1] / 1e6 AS p50, parts[2] / 1e6 AS p95, parts[3] / 1e6 AS p99`;

const Row = z.object({
  bucket: Count.nullable(),
  requests: Count,
  s2xx: Count,
  s3xx: Count,
  client_errors: Count,
  server_errors: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});

const quiet: Omit<Gateway["series"][number], "at"> = {
  s2xx: 0,
  s3xx: 0,
  s4xx: 0,
  s5xx: 0,
  p50Ms: null,
  p95Ms: null,
};

/** Requests, errors and latency through the gateways: in all, and by bucket. */
export async function gatewayTraffic(
  asker: Asker,
  scope: GatewayScope,
  bucketSeconds: number,
): Promise<Pick<Gateway, "total" | "series">> {
  const rows = await asker.ask(
    sql`SELECT if(grouping(slot) = 0, slot, NULL) AS bucket, ${requestColumns},
        countIf(Status >= 200 AND Status < 300) AS s2xx, countIf(Status >= 300 AND Status < 400) AS s3xx
      FROM (SELECT Status, Duration, toUnixTimestamp(toStartOfInterval(Timestamp, toIntervalSecond(${uint32(bucketSeconds)}))) AS slot
        FROM (${gatewayRequests(scope)}))
      GROUP BY GROUPING SETS ((), (slot)) ORDER BY bucket LIMIT 10000`,
    Row,
  );
  const all = rows.find((row) => row.bucket === null && row.requests > 0);
  const starts = bucketStarts(scope.window, bucketSeconds);
  const series = fillBuckets(
    rows.flatMap((row) => (row.bucket === null ? [] : [{ ...row, bucket: row.bucket }])),
    starts,
    {
      from: (row): Omit<Gateway["series"][number], "at"> => ({
        s2xx: row.s2xx,
        s3xx: row.s3xx,
        s4xx: row.client_errors,
        s5xx: row.server_errors,
        p50Ms: row.p50,
        p95Ms: row.p95,
      }),
      empty: quiet,
    },
  );
  return {
    total: {
      requests: all?.requests ?? 0,
      clientErrors: all?.client_errors ?? 0,
      serverErrors: all?.server_errors ?? 0,
      p50Ms: all?.p50 ?? null,
      p95Ms: all?.p95 ?? null,
      p99Ms: all?.p99 ?? null,
    },
    series: series.map((bucket, index) => ({ at: new Date(starts[index] ?? 0).toISOString(), ...bucket })),
  };
}
