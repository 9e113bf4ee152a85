import { z } from "zod";
import type { MapEdge } from "#contracts/api/services.ts";
import { type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { spansWithin, type TimeWindow } from "./time-window.ts";

const Row = z
  .object({
    from: z.string(),
    to: z.string(),
    kind: z.enum(["call", "message"]),
    count: Count,
    errors: Count,
    p95: z.number(),
  })
  .transform(({ p95, ...row }) => ({ ...row, p95Ms: p95 }));

const figures: Sql = sql`count() AS count, countIf(Failed) AS errors, quantileExact(0.95)(Duration) / 1e6 AS p95`;

/** A request that is longer under way than this is not found by what it led to. */
const longestCallMs = 600_000;

/**
 * Who called whom and who sent what where, the `limit` busiest ways of each, every span once. A call is served under a span of another
 * service. A message is sent into its topic and taken from there; of one whose topic is not told, by whom it was sent.
 */
export async function serviceEdges(
  asker: Asker,
  window: TimeWindow,
  limit: number,
): Promise<Omit<MapEdge, "perSecond">[]> {
  const edges = await Promise.all([calls, messages].map((ask) => asker.ask(ask(window, limit), Row)));
  return edges.flat().sort((a, b) => b.count - a.count);
}

const calls = (window: TimeWindow, limit: number): Sql =>
  sql`SELECT concat('service ', caller) AS from, concat('service ', callee) AS to, if(Kind = 'Server', 'call', 'message') AS kind, ${figures}
    FROM (SELECT ServiceName AS callee, Kind, CauseId, Failed, Duration FROM service_spans
      WHERE ${spansWithin(window)} AND CauseId != 0 AND (Kind = 'Server' OR Kind = 'Consumer' AND Topic = '') LIMIT 1 BY Id) AS served
    ANY LEFT JOIN (SELECT ServiceName AS caller, Id FROM service_spans
      WHERE ${spansWithin({ fromMs: window.fromMs - longestCallMs, toMs: window.toMs })}) AS causes ON served.CauseId = causes.Id
    WHERE caller != '' AND caller != callee
    GROUP BY from, to, kind ORDER BY count DESC, from, to LIMIT ${uint32(limit)}`;

const messages = (window: TimeWindow, limit: number): Sql =>
  sql`SELECT if(Kind = 'Producer', concat('service ', ServiceName), concat('queue ', Topic)) AS from,
      if(Kind = 'Producer', concat('queue ', Topic), concat('service ', ServiceName)) AS to, 'message' AS kind, ${figures}
    FROM (SELECT ServiceName, Kind, Topic, Failed, Duration FROM service_spans
      WHERE ${spansWithin(window)} AND Kind IN ('Producer', 'Consumer') AND Topic != '' LIMIT 1 BY Id)
    GROUP BY from, to ORDER BY count DESC, from, to LIMIT ${uint32(limit)}`;
