import { z } from "zod";
import type { TraceSummary } from "#contracts/api/trace.ts";
import { and, float64, nanoMoment, type Sql, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { hasAttributes } from "./attributes.ts";
import { Count, Time } from "./column-shapes.ts";
import { refuseAbove } from "./saga-budget.ts";
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

interface Page {
  readonly cursor: TraceCursor | undefined;
  readonly limit: number;
}

/** The newest `limit` traces that match, or those after `cursor`. Throws `TOO_LARGE` where too many spans had to be read for them. */
export async function listTraces(asker: Asker, filter: TraceFilter, page: Page): Promise<TraceSummary[]> {
  const { window } = filter;
  const endMs = page.cursor ? Math.min(window.toMs, Date.parse(page.cursor.startedAt) + 1) : window.toMs;
  for (let widthMs = firstWidthMs(window); ; widthMs *= widening) {
    const fromMs = Math.max(window.fromMs, Math.floor((endMs - widthMs) / 1000) * 1000);
    const recent = { fromMs, toMs: window.toMs };
    if (recent.toMs - fromMs > uncountedMs) await refuseAbove(asker, recent, budget);
    if (fromMs === window.fromMs) return await withSpans(asker, await headsWithin(asker, filter, page), window);
    // Some of them may have begun earlier.
    const heads = await headsWithin(asker, { ...filter, window: recent }, { ...page, limit: 2 * page.limit });
    if (heads.length < page.limit) continue;
    const began = await begunWithin(asker, heads, { fromMs: window.fromMs, toMs: fromMs });
    if (began.length >= page.limit) return await withSpans(asker, began.slice(0, page.limit), window);
  }
}

const budget = { most: 10_000_000, what: "this search", of: "spans" } as const;
/** A page is looked for among the newest spans first, and among so many times as many where that does not fill it. */
const widening = 16;
/** That much is looked through without being asked how much it is. */
const uncountedMs = 15 * 60_000;
const firstWidthMs = ({ fromMs, toMs }: TimeWindow) =>
  Math.min(uncountedMs, Math.ceil((toMs - fromMs) / widening ** 2));

/** The newest traces as the spans within the filter's window have them: what such a trace did before is not known. */
const headsWithin = (asker: Asker, filter: TraceFilter, { cursor, limit }: Page): Promise<Head[]> => {
  const clauses = traceClauses(filter);
  if (cursor) clauses.push(sql`(began, id) < (${nanoMoment(cursor.startedAt)}, ${string(cursor.id)})`);
  return asker.ask(
    sql`SELECT TraceId AS id, min(Timestamp) AS began, began AS startedAt,
        (max(toUnixTimestamp64Nano(Timestamp) + Duration) - toUnixTimestamp64Nano(began)) / 1e6 AS durationMs
      FROM otel_traces WHERE ${spansWithin(filter.window)} AND ${ofMatchingSpans(filter)}
      GROUP BY id HAVING ${and(clauses)} ORDER BY began DESC, id DESC LIMIT ${uint32(limit)}`,
    Head,
  );
};

/** Those of the traces that have no span in the time before. */
async function begunWithin(asker: Asker, heads: readonly Head[], before: TimeWindow): Promise<readonly Head[]> {
  const ids = heads.map(({ id }) => id);
  const older = await asker.ask(
    sql`SELECT DISTINCT TraceId AS id FROM otel_traces WHERE ${spansWithin(before)} AND TraceId IN ${strings(ids)} LIMIT ${uint32(ids.length)}`,
    z.object({ id: z.string() }),
  );
  const isOlder = new Set(older.map(({ id }) => id));
  return heads.filter(({ id }) => !isOlder.has(id));
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
