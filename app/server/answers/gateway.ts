import { resolveRange } from "#app/server/time-range.ts";
import type { Cost, TimeRange } from "#contracts/api/answer.ts";
import type { Gateway } from "#contracts/api/gateway.ts";
import { gatewayRoutes } from "#store/clickhouse/queries/gateway-routes.ts";
import { gatewayTraffic } from "#store/clickhouse/queries/gateway-traffic.ts";
import { newestRequests } from "#store/clickhouse/queries/newest-requests.ts";
import type { Answering } from "./answering.ts";

const mostRequests = 50;

/** Traffic through the gateways, by route, with the sagas it started. */
export async function answerGateway(
  range: TimeRange,
  { asker, nowMs, gateways }: Answering,
): Promise<Omit<Gateway, keyof Cost>> {
  const { window, bucketSeconds } = resolveRange(range, nowMs);
  const scope = { services: gateways, window };
  const [traffic, routes, requests] = await Promise.all([
    gatewayTraffic(asker, scope, bucketSeconds),
    gatewayRoutes(asker, scope),
    newestRequests(asker, scope, mostRequests),
  ]);
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds,
    ...traffic,
    routes,
    requests,
  };
}
