import { z } from "zod";
import type { TraceSummary } from "#contracts/api/trace.ts";
import { and, float64, nanoMoment, type Sql, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { hasAttributes } from "./attributes.ts";
import { Count, Time } from "./column-shapes.ts";
import { spansWithin, type TimeWindow } from "./time-window.ts";

/** What narrows a list of traces. One span must be of one of the services, have one of the names, and all attributes. */
export interface TraceFilter {
  readonly window: TimeWindow;
  /** Any of these; none is all. */
  readonly services: readonly string[];
  readonly operations: readonly string[];
  /** `key=value`. */
  readonly attributes: readonly string[];
  /** Of the whole trace: at least, and less than. */
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
  /** `error`: a span of the trace failed. `ok`: none did. */
  readonly status: "ok" | "error" | undefined;
}

/** Where a page ended. */
export interface TraceCursor {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly startedAt: string;
  readonly id: string;
}

const Head = z.object({ id: z.string(), startedAt: Time, durationMs: z.number() });
type Head = z.infer<typeof Head>;

/** The newest `limit` traces that match, or those after `cursor`. */
export async function listTraces(
  asker: Asker,
  filter: TraceFilter,
  { cursor, limit }: { cursor: TraceCursor | undefined; limit: number },
): Promise<TraceSummary[]> {
  const clauses = traceClauses(filter);
  if (cursor) clauses.push(sql`(began, id) < (${nanoMoment(cursor.startedAt)}, ${string(cursor.id)})`);
  const heads = await asker.ask(
    sql`SELECT TraceId AS id, min(Timestamp) AS began, began AS startedAt,
        (max(toUnixTimestamp64Nano(Timestamp) + Duration) - toUnixTimestamp64Nano(began)) / 1e6 AS durationMs
      FROM otel_traces WHERE ${spansWithin(filter.window)} AND ${ofMatchingSpans(filter)}
      GROUP BY id HAVING ${and(clauses)} ORDER BY began DESC, id DESC LIMIT ${uint32(limit)}`,
    Head,
  );
  return await withSpans(asker, heads, filter.window);
}

function traceClauses({ minMs, maxMs, status }: TraceFilter): Sql[] {
  const clauses: Sql[] = [];
  if (minMs !== undefined) clauses.push(sql`durationMs >= ${float64(minMs)}`);
  if (maxMs !== undefined) clauses.push(sql`durationMs < ${float64(maxMs)}`);
  if (status === "error") clauses.push(sql`max(StatusCode = 'Error')`);
  if (status === "ok") clauses.push(sql`NOT max(StatusCode = 'Error')`);
  return clauses;
}

/** Spans of the traces in which a span matches. */
function ofMatchingSpans({ window, services, operations, attributes }: TraceFilter): Sql {
  const clauses: Sql[] = [];
  if (services.length > 0) clauses.push(sql`ServiceName IN ${strings(services)}`);
  if (operations.length > 0) clauses.push(sql`SpanName IN ${strings(operations)}`);
  if (attributes.length > 0) clauses.push(hasAttributes(sql`SpanAttributes`, attributes));
  if (clauses.length === 0) return sql`TraceId != ''`;
  return sql`TraceId != '' AND TraceId IN (SELECT TraceId FROM otel_traces WHERE ${spansWithin(window)} AND ${and(clauses)})`;
}

const Body = z.object({
  id: z.string(),
  root: z.tuple([z.string(), z.string()]),
  spans: Count,
  errors: Count,
  services: z.array(z.string()),
  saga: z.string(),
});

/** What only a page's traces need, read for those alone. */
async function withSpans(asker: Asker, heads: readonly Head[], { fromMs, toMs }: TimeWindow): Promise<TraceSummary[]> {
  if (heads.length === 0) return [];
  const startsMs = heads.map(({ startedAt }) => Date.parse(startedAt));
  const endsMs = heads.map(({ durationMs }, index) => (startsMs[index] ?? 0) + Math.ceil(durationMs) + 1);
  const within = { fromMs: Math.max(fromMs, Math.min(...startsMs)), toMs: Math.min(toMs, Math.max(...endsMs) + 1) };
  const bodies = await asker.ask(
    sql`SELECT TraceId AS id, argMin((SpanName, ServiceName), (ParentSpanId != '', Timestamp, SpanId)) AS root,
        uniqExact(SpanId) AS spans, uniqExactIf(SpanId, StatusCode = 'Error') AS errors,
        arraySort(groupUniqArray(toString(ServiceName))) AS services,
        argMinIf(SpanAttributes['saga.id'], Timestamp, SpanAttributes['saga.id'] != '') AS saga
      FROM otel_traces WHERE TraceId IN ${strings(heads.map(({ id }) => id))} AND ${spansWithin(within)}
      GROUP BY id LIMIT ${uint32(heads.length)}`,
    Body,
  );
  const bodyOf = new Map(bodies.map((body) => [body.id, body]));
  return heads.flatMap((head) => {
    const body = bodyOf.get(head.id);
    if (!body) return [];
    const { root, saga, ...counts } = body;
    return [{ ...head, name: root[0], service: root[1], ...counts, sagaId: saga === "" ? null : saga }];
  });
}
