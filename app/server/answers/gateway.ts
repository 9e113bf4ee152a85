import { resolveRange } from "#app/server/time-range.ts";
import type { Cost, TimeRange } from "#contracts/api/answer.ts";
import type { Gateway } from "#contracts/api/gateway.ts";
import { gatewayFigures } from "#store/clickhouse/queries/gateway-figures.ts";
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
  const [figures, requests] = await Promise.all([
    gatewayFigures(asker, scope, bucketSeconds),
    newestRequests(asker, scope, mostRequests),
  ]);
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds,
    ...figures,
    requests,
  };
}
