import { z } from "zod";
import type { Gateway } from "#contracts/api/gateway.ts";
import { moment, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { type GatewayScope, requestsWithin } from "./gateway-traffic.ts";

const Row = z
  .object({
    at: Time,
    method: z.string(),
    route: z.string(),
    target: z.string(),
    status: Count,
    outcome: z.string(),
    duration_ms: z.number(),
    trace: z.string(),
    saga: z.string(),
    looked_at: Count,
  })
  .transform((row): Gateway["requests"][number] & { lookedAt: number } => ({
    at: row.at,
    method: row.method,
    route: row.route,
    target: row.target,
    status: row.status,
    outcome: row.outcome,
    durationMs: row.duration_ms,
    traceId: row.trace,
    sagaId: row.saga === "" ? null : row.saga,
    lookedAt: row.looked_at,
  }));

const Traced = z.object({ trace: z.string(), saga: z.string() });

/** The newest requests through the gateways, each with the saga that it started: by its name, else by its trace. */
export async function newestRequests(asker: Asker, scope: GatewayScope, limit: number): Promise<Gateway["requests"]> {
  const requests = await newest(asker, scope, limit);
  const unnamed = requests.filter((request) => request.sagaId === null && request.traceId !== "");
  if (unnamed.length === 0) return requests;
  const traced = await asker.ask(
    sql`SELECT trace_id AS trace, min(saga_id) AS saga FROM saga_events
      WHERE trace_id IN ${strings(unnamed.map((request) => request.traceId))} AND event_type = ${string("saga.started")}
        AND saga_started >= ${moment(scope.window.fromMs - 3_600_000)} AND saga_started < ${moment(scope.window.toMs + 3_600_000)}
      GROUP BY trace_id LIMIT ${uint32(limit)}`,
    Traced,
  );
  const sagaOf = new Map(traced.map((row) => [row.trace, row.saga]));
  return requests.map((request) => ({ ...request, sagaId: request.sagaId ?? sagaOf.get(request.traceId) ?? null }));
}

/** Each span once. No more than twice as many as are wanted are looked at, and more only where spans are stored again and again. */
async function newest(asker: Asker, scope: GatewayScope, limit: number): Promise<Gateway["requests"]> {
  for (let looked = 2 * limit; ; looked *= 16) {
    const requests = await asker.ask(
      sql`SELECT Timestamp AS at, Method AS method, Route AS route, Target AS target, Status AS status, Outcome AS outcome,
          Duration / 1e6 AS duration_ms, TraceId AS trace, SagaId AS saga, looked_at
        FROM (SELECT *, count() OVER () AS looked_at
          FROM (SELECT * FROM ${requestsWithin(scope)} ORDER BY Timestamp DESC, TraceId LIMIT ${uint32(looked)}))
        ORDER BY Timestamp DESC, TraceId LIMIT 1 BY TraceId, SpanId LIMIT ${uint32(limit)}`,
      Row,
    );
    const [first] = requests;
    if (!first || requests.length === limit || first.lookedAt < looked)
      return requests.map(({ lookedAt: _, ...request }) => request);
  }
}
