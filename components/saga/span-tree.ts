import type { Span } from "#contracts/api/saga.ts";

/** A span in its trace's tree. */
export interface SpanNode {
  readonly span: Span;
  readonly children: readonly SpanNode[];
  /** Spans below it. */
  readonly below: number;
}

/** One trace of a saga: a hop. */
export interface Hop {
  readonly traceId: string;
  /** From 1, in the saga's order. */
  readonly number: number;
  readonly roots: readonly SpanNode[];
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  /** The hop that a span link of this one leads back to. */
  readonly linkedFrom: number | null;
}

/** The trees of all traces: in the order of `traceIds` (the saga's), and among these by time what the saga does not name. */
export function hopsOf(spans: readonly Span[], traceIds: readonly string[]): Hop[] {
  const byTrace = Map.groupBy(spans, (span) => span.traceId);
  const firstMs = (traceId: string) => Math.min(...(byTrace.get(traceId) ?? []).map((span) => span.startMs));
  const order = [...new Set(traceIds)].filter((traceId) => byTrace.has(traceId));
  const known = new Set(order);
  for (const traceId of [...byTrace.keys()]
    .filter((other) => !known.has(other))
    .toSorted((a, b) => firstMs(a) - firstMs(b))) {
    const later = order.findIndex((other) => firstMs(other) > firstMs(traceId));
    order.splice(later < 0 ? order.length : later, 0, traceId);
  }
  const numberOf = new Map(order.map((traceId, index) => [traceId, index + 1]));
  return order.map((traceId, index) => hopOf(traceId, index + 1, { spans: byTrace.get(traceId) ?? [], numberOf }));
}

function hopOf(
  traceId: string,
  number: number,
  { spans, numberOf }: { spans: readonly Span[]; numberOf: ReadonlyMap<string, number> },
): Hop {
  const links = spans.flatMap((span) => span.links.map((link) => numberOf.get(link.traceId) ?? number));
  const earlier = links.filter((link) => link < number);
  return {
    traceId,
    number,
    roots: treesOf(spans),
    spans: spans.length,
    errors: spans.filter((span) => span.status === "Error").length,
    services: [...new Set(spans.toSorted(byStart).map((span) => span.service))],
    startMs: Math.min(...spans.map((span) => span.startMs)),
    endMs: Math.max(...spans.map((span) => span.startMs + span.durationMs)),
    linkedFrom: earlier.length > 0 ? Math.max(...earlier) : null,
  };
}

const byStart = (a: Span, b: Span) => a.startMs - b.startMs || b.durationMs - a.durationMs;

/** Trees by parent; a span whose parent is not here, or is its own ancestor, is a root. Every span comes once. */
function treesOf(spans: readonly Span[]): SpanNode[] {
  const sorted = [...new Map(spans.map((span) => [span.spanId, span])).values()].toSorted(byStart);
  const ids = new Set(sorted.map((span) => span.spanId));
  const children = Map.groupBy(sorted, (span) => (ids.has(span.parentSpanId) ? span.parentSpanId : ""));
  const placed = new Set<string>();
  const grow = (span: Span): SpanNode => {
    placed.add(span.spanId);
    const own = (children.get(span.spanId) ?? []).filter((child) => !placed.has(child.spanId)).map(grow);
    return { span, children: own, below: own.reduce((sum, child) => sum + child.below + 1, 0) };
  };
  const roots = (children.get("") ?? []).map(grow);
  for (const span of sorted) if (!placed.has(span.spanId)) roots.push(grow(span));
  return roots;
}

/** A row of the waterfall: a hop's divider, or a span. */
export type WaterfallRow =
  | { readonly kind: "hop"; readonly key: string; readonly hop: Hop; readonly open: boolean }
  | {
      readonly kind: "span";
      readonly key: string;
      readonly node: SpanNode;
      readonly depth: number;
      readonly open: boolean;
    };

/** The rows of all hops, with a divider before each unless it is the only one; `isOpen` says which hop (by trace id) or span (by `trace/span`) shows what is below it. */
export function rowsOf(hops: readonly Hop[], isOpen: (key: string) => boolean): WaterfallRow[] {
  const rows: WaterfallRow[] = [];
  const stack: { node: SpanNode; depth: number }[] = [];
  for (const hop of hops) {
    const lone = hops.length === 1;
    const open = lone || isOpen(hop.traceId);
    if (!lone) rows.push({ kind: "hop", key: hop.traceId, hop, open });
    for (const node of open ? hop.roots.toReversed() : []) stack.push({ node, depth: 0 });
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node, depth } = next;
      const key = `${hop.traceId}/${node.span.spanId}`;
      const spanOpen = isOpen(key);
      rows.push({ kind: "span", key, node, depth, open: spanOpen });
      for (const child of spanOpen ? node.children.toReversed() : []) stack.push({ node: child, depth: depth + 1 });
    }
  }
  return rows;
}
