import { z } from "zod";
import type { Gateway } from "#contracts/api/gateway.ts";
import { moment, type Sql, sql, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketOf, bucketStarts, fillBuckets, type TimeWindow } from "./time-window.ts";

export interface GatewayScope {
  readonly services: readonly string[];
  readonly window: TimeWindow;
}

/** What the gateways served within the window, to be read as a table; further clauses may follow. */
export const requestsWithin = ({ services, window }: GatewayScope): Sql =>
  sql`http_requests WHERE ServiceName IN ${strings(services)}
    AND Timestamp >= ${moment(window.fromMs)} AND Timestamp < ${moment(window.toMs)}`;

/** The same as a question, each span once: told by a hash of 64 bits, which takes half as long as by its ids. */
const gatewayRequests = (scope: GatewayScope): Sql =>
  sql`SELECT * FROM ${requestsWithin(scope)} LIMIT 1 BY cityHash64(TraceId, SpanId)`;

const Row = z.object({
  bucket: Count.nullable(),
  method: z.string(),
  route: z.string().nullable(),
  requests: Count,
  s2xx: Count,
  s3xx: Count,
  client_errors: Count,
  server_errors: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});

/** A method and a route, and the requests for it. */
type RouteTraffic = Omit<Gateway["routes"][number], "sagas">;

const mostRoutes = 500;

const quiet: Omit<Gateway["series"][number], "at"> = {
  s2xx: 0,
  s3xx: 0,
  s4xx: 0,
  s5xx: 0,
  p50Ms: null,
  p95Ms: null,
};

/** Requests, errors and latency through the gateways: in all, by bucket, and by route, the busiest first. */
export async function gatewayTraffic(
  asker: Asker,
  scope: GatewayScope,
  bucketSeconds: number,
): Promise<Pick<Gateway, "total" | "series"> & { routes: RouteTraffic[] }> {
  const starts = bucketStarts(scope.window, bucketSeconds);
  // All three of one reading: each span once is what costs most of it.
  const rows = await asker.ask(
    sql`SELECT if(grouping(slot) = 0, slot, NULL) AS bucket, Method AS method, if(grouping(Route) = 0, toString(Route), NULL) AS route, count() AS requests,
        countIf(Status >= 200 AND Status < 300) AS s2xx, countIf(Status >= 300 AND Status < 400) AS s3xx,
        countIf(Status >= 400 AND Status < 500) AS client_errors, countIf(Status >= 500) AS server_errors,
        (quantilesExact(0.5, 0.95, 0.99)(Duration) AS parts)[1] / 1e6 AS p50, parts[2] / 1e6 AS p95, parts[3] / 1e6 AS p99
      FROM (SELECT Status, Duration, Method, Route, ${bucketOf(sql`Timestamp`, bucketSeconds)} AS slot
        FROM (${gatewayRequests(scope)}))
      GROUP BY GROUPING SETS ((), (slot), (Method, Route)) ORDER BY route IS NOT NULL, requests DESC, method, route
      LIMIT ${uint32(1 + starts.length + 1 + mostRoutes)}`,
    Row,
  );
  const all = rows.find((row) => row.bucket === null && row.route === null && row.requests > 0);
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
    routes: rows.flatMap(({ method, route, requests, client_errors, server_errors, p50, p95, p99 }) =>
      route === null
        ? []
        : {
            method,
            route,
            requests,
            clientErrors: client_errors,
            serverErrors: server_errors,
            p50Ms: p50,
            p95Ms: p95,
            p99Ms: p99,
          },
    ),
  };
}
