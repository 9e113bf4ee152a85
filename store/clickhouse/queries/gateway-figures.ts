import { z } from "zod";
import type { Gateway } from "#contracts/api/gateway.ts";
import { SagaState } from "#contracts/api/saga.ts";
import { sagaStates } from "#contracts/words.ts";
import { moment, type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type GatewayScope, gatewayTraffic, requestsWithin } from "./gateway-traffic.ts";
import { stateRank } from "./saga-expressions.ts";

type Route = Gateway["routes"][number];

const mostRoutes = 100;

/** Traffic through the gateways: in all, over time, and by route, the busiest first, with how the sagas that each started ended. */
export async function gatewayFigures(
  asker: Asker,
  scope: GatewayScope,
  bucketSeconds: number,
): Promise<Pick<Gateway, "total" | "series" | "routes">> {
  const [{ routes, ...traffic }, outcomes] = await Promise.all([
    gatewayTraffic(asker, scope, bucketSeconds),
    routeOutcomes(asker, scope),
  ]);
  const sagasOf = ({ method, route }: Pick<Route, "method" | "route">): Route["sagas"] =>
    Object.fromEntries(
      outcomes
        .filter((outcome) => outcome.method === method && outcome.route === route)
        .map((outcome) => [outcome.state, outcome.sagas]),
    );
  return { ...traffic, routes: routes.slice(0, mostRoutes).map((route) => ({ ...route, sagas: sagasOf(route) })) };
}

const OutcomeRow = z
  .object({ method: z.string(), route: z.string(), rank: Count, sagas: Count })
  .transform(({ rank, ...row }) => ({ ...row, state: SagaState.parse(sagaStates[rank]) }));

/** How many of the sagas that requests of each method and route started are in each state. */
async function routeOutcomes(asker: Asker, scope: GatewayScope): Promise<z.output<typeof OutcomeRow>[]> {
  const [request] = await asker.ask(
    sql`SELECT SagaId != '' AS names_saga FROM ${requestsWithin(scope)} ORDER BY names_saga DESC LIMIT 1`,
    z.object({ names_saga: Count }),
  );
  // Without a request, all sagas of the window would be read to find none.
  if (!request) return [];
  const started = request.names_saga === 1 ? namedSagas(scope) : tracedSagas(scope);
  // Ids by their hashes of 64 bits, which is twice as fast; of ten million in a window two meet once in 370,000 windows.
  // By a number for each state: to group by its name takes twice as long.
  return await asker.ask(
    sql`SELECT method, route, ${stateRank} AS rank, uniqExact(saga) AS sagas
      FROM (${started}) AS started_by
      INNER JOIN (SELECT cityHash64(saga_id) AS known_saga, flags FROM ${asker.sagas} WHERE ${sagaDays(scope, sql`started`)}) AS known
      ON started_by.saga = known.known_saga
      GROUP BY method, route, rank ORDER BY method, route, rank LIMIT 3000`,
    OutcomeRow,
  );
}

/** The sagas that requests name themselves. */
const namedSagas = (scope: GatewayScope): Sql =>
  sql`SELECT Method AS method, Route AS route, cityHash64(SagaId) AS saga FROM ${requestsWithin(scope)} AND SagaId != ''`;

/** For gateways that know nothing of sagas: those whose first event belongs to the request's trace. */
const tracedSagas = (scope: GatewayScope): Sql =>
  sql`SELECT Method AS method, Route AS route, saga FROM (SELECT Method, Route, TraceId FROM ${requestsWithin(scope)}) AS requests
    INNER JOIN (SELECT trace_id AS trace, cityHash64(saga_id) AS saga FROM saga_events
      WHERE event_type = 'saga.started' AND trace_id != '' AND ${sagaDays(scope, sql`saga_started`)}) AS starts
    ON requests.TraceId = starts.trace`;

// A saga starts about when the request comes that starts it.
const sagaDays = ({ window }: GatewayScope, column: Sql): Sql =>
  sql`${column} >= ${moment(window.fromMs - 3_600_000)} AND ${column} < ${moment(window.toMs + 3_600_000)}`;
