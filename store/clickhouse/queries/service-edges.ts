import { z } from "zod";
import type { MapEdge } from "#contracts/api/services.ts";
import { type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { onceEach } from "./once-each.ts";
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
  const within = sql`service_spans WHERE ${spansWithin(window)}`;
  const served = sql`${within} AND CauseId != 0 AND (Kind = 'Server' OR Kind = 'Consumer' AND Topic = '')`;
  const sent = sql`${within} AND Kind IN ('Producer', 'Consumer') AND Topic != ''`;
  const busiest = (ways: Sql) => asker.ask(sql`${ways} ORDER BY count DESC, from, to LIMIT ${uint32(limit)}`, Row);
  const edges = await Promise.all([
    onceEach(asker, served, (each) => busiest(calls(each, window))),
    onceEach(asker, sent, (each) => busiest(messages(each))),
  ]);
  return edges.flat().sort((a, b) => b.count - a.count);
}

const calls = (served: Sql, window: TimeWindow): Sql =>
  sql`SELECT concat('service ', caller) AS from, concat('service ', callee) AS to, if(isServed, 'call', 'message') AS kind, count, errors, p95
    FROM (SELECT caller, callee, isServed, ${figures}
      FROM (SELECT ServiceName AS callee, Kind = 'Server' AS isServed, CauseId, Failed, Duration FROM (${served})) AS served
      ANY LEFT JOIN (SELECT ServiceName AS caller, Id FROM service_spans
        WHERE ${spansWithin({ fromMs: window.fromMs - longestCallMs, toMs: window.toMs })}) AS causes ON served.CauseId = causes.Id
      WHERE caller != '' AND caller != callee GROUP BY caller, callee, isServed)`;

const messages = (sent: Sql): Sql =>
  sql`SELECT if(isSent, concat('service ', service), concat('queue ', topic)) AS from,
      if(isSent, concat('queue ', topic), concat('service ', service)) AS to, 'message' AS kind, count, errors, p95
    FROM (SELECT ServiceName AS service, Topic AS topic, Kind = 'Producer' AS isSent, ${figures} FROM (${sent})
      GROUP BY service, topic, isSent)`;
