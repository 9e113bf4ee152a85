import { z } from "zod";
import type { Gateway } from "#contracts/api/gateway.ts";
import { moment, type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type GatewayScope, gatewayRequests, requestColumns } from "./gateway-traffic.ts";
import { state } from "./saga-expressions.ts";

type Route = Gateway["routes"][number];

const RouteRow = z
  .object({
    method: z.string(),
    route: z.string(),
    requests: Count,
    client_errors: Count,
    server_errors: Count,
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    named: Count,
  })
  .transform((row) => ({
    named: row.named,
    route: {
      method: row.method,
      route: row.route,
      requests: row.requests,
      clientErrors: row.client_errors,
      serverErrors: row.server_errors,
      p50Ms: row.p50,
      p95Ms: row.p95,
      p99Ms: row.p99,
    },
  }));

const OutcomeRow = z.object({ method: z.string(), route: z.string(), state: z.string(), sagas: Count });

/** Traffic by method and route, busiest first, with how the sagas that each route started ended. */
export async function gatewayRoutes(asker: Asker, scope: GatewayScope, limit = 100): Promise<Route[]> {
  const rows = await asker.ask(
    sql`SELECT Method AS method, Route AS route, ${requestColumns}, countIf(SagaId != '') AS named
      FROM (${gatewayRequests(scope)}) GROUP BY method, route ORDER BY requests DESC, method, route LIMIT 500`,
    RouteRow,
  );
  if (rows.length === 0) return [];
  const namesSagas = rows.some((row) => row.named > 0);
  const outcomes = await asker.ask(
    outcomesBy(asker, namesSagas ? namedSagas(scope) : tracedSagas(scope), scope),
    OutcomeRow,
  );
  return rows.slice(0, limit).map(({ route }) => ({
    ...route,
    sagas: Object.fromEntries(
      outcomes
        .filter((outcome) => outcome.method === route.method && outcome.route === route.route)
        .map((outcome) => [outcome.state, outcome.sagas]),
    ),
  }));
}

/** The sagas that requests name themselves. */
const namedSagas = (scope: GatewayScope): Sql =>
  sql`SELECT DISTINCT Method AS method, Route AS route, SagaId AS saga FROM (${gatewayRequests(scope)}) WHERE SagaId != ''`;

/** For gateways that know nothing of sagas: those whose first event belongs to the request's trace. */
const tracedSagas = (scope: GatewayScope): Sql =>
  sql`SELECT DISTINCT Method AS method, Route AS route, saga FROM (${gatewayRequests(scope)}) AS requests
    INNER JOIN (SELECT trace_id AS trace, saga_id AS saga FROM saga_events
      WHERE event_type = 'saga.started' AND trace_id != '' AND ${sagaDays(scope, sql`saga_started`)}) AS starts
    ON requests.TraceId = starts.trace`;

const outcomesBy = (asker: Asker, started: Sql, scope: GatewayScope): Sql =>
  sql`SELECT method, route, state, uniqExact(saga) AS sagas
    FROM (${started}) AS started_by
    INNER JOIN (SELECT saga_id, ${state} AS state FROM ${asker.sagas} WHERE ${sagaDays(scope, sql`started`)}) AS known
    ON started_by.saga = known.saga_id
    GROUP BY method, route, state ORDER BY method, route, state LIMIT 3000`;

// A saga starts about when the request comes that starts it.
const sagaDays = ({ window }: GatewayScope, column: Sql): Sql =>
  sql`${column} >= ${moment(window.fromMs - 3_600_000)} AND ${column} < ${moment(window.toMs + 3_600_000)}`;
