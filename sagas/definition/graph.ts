import { type Histogram, quantileOf } from "#sagas/histogram.ts";
import { readNode } from "./node.ts";
import type { DefinitionTally, EdgeTally } from "./tally.ts";
import { edgeKey } from "./transitions.ts";

/** How one may go on from a node of a definition. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `retry` leads from a node to itself, `compensation` from a step to what undoes, `loop` back to what led here. */
  readonly kind: "next" | "retry" | "loop" | "compensation" | "end";
  readonly isGiven: boolean;
  readonly sagas: number;
  readonly times: number;
  /** Of the sagas that came to `from`, those that took it. */
  readonly share: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface GraphNode {
  readonly node: string;
  readonly kind: ReturnType<typeof readNode>["kind"];
  readonly name: string;
  readonly compensates: string | null;
  readonly sagas: number;
  readonly tries: number;
  readonly completed: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** A definition: the nodes of a saga type, from its start to its ends, and the edges between them. */
export interface Graph {
  readonly sagas: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes that run at the same time. */
  readonly concurrent: readonly (readonly [string, string])[];
}

/** Two nodes that overlap in this share of the sagas that have both, or more, run side by side. */
const leastConcurrent = 0.15;
/** An inferred edge that fewer of those take who leave `from`, and fewer of those who come to `to`, is noise. */
const leastInferred = 0.05;
/** Of an order that goes both ways, the rarer way is noise below this share of the other. */
const leastReturn = 0.1;

/**
 * The definition that histories add up to. An edge that a cause gave stands. An inferred one stands unless its nodes run
 * side by side, or it is so rare at both of its ends that a clock that is off explains it.
 */
export function graphOf(tally: DefinitionTally): Graph {
  const edges = [...tally.edges.values()].filter((edge) => stands(tally, edge));
  const reached = new Set(edges.map((edge) => edgeKey(edge.from, edge.to)));
  return {
    sagas: tally.sagas,
    nodes: nodesOf(tally),
    edges: edges
      .map((edge) => graphEdge(tally, { edge, isThereAndBack: reached.has(edgeKey(edge.to, edge.from)) }))
      .sort(byFrequency),
    concurrent: [...tally.pairs.values()]
      .filter(({ from, to }) => areConcurrent(tally, from, to))
      .map(({ from, to }) => [from, to] as const),
  };
}

const byFrequency = (a: GraphEdge, b: GraphEdge) =>
  b.sagas - a.sagas || (edgeKey(a.from, a.to) < edgeKey(b.from, b.to) ? -1 : 1);

/** How many sagas came to a node: the start is come to by all. */
export function sagasAt({ sagas, nodes, ends }: DefinitionTally, node: string): number {
  if (node === "start") return sagas;
  const { kind, name } = readNode(node);
  if (kind !== "end") return nodes.get(node)?.sagas ?? 0;
  return [...ends].find(([end]) => end === name)?.[1] ?? 0;
}

/**
 * Whether two nodes run side by side: seen to overlap, or, where nothing tells how long they take, seen in either order but
 * not in both within one saga, as in a loop.
 */
export function areConcurrent(tally: DefinitionTally, from: string, to: string): boolean {
  if (from === to) return false;
  const [a, b] = from < to ? [from, to] : [to, from];
  const pair = tally.pairs.get(edgeKey(a, b));
  const met = Math.min(sagasAt(tally, a), sagasAt(tally, b));
  if (met === 0) return false;
  if ((pair?.concurrent ?? 0) >= leastConcurrent * met) return true;
  const there = inferredOf(tally.edges.get(edgeKey(a, b)));
  const back = inferredOf(tally.edges.get(edgeKey(b, a)));
  const rarer = Math.min(there, back);
  return rarer >= leastReturn * Math.max(there, back) && rarer > 0 && (pair?.both ?? 0) < rarer / 2;
}

const inferredOf = (edge: EdgeTally | undefined) => (edge && edge.given === 0 ? edge.sagas : 0);

function stands(tally: DefinitionTally, edge: EdgeTally): boolean {
  if (edge.given > 0) return true;
  const { from, to } = edge;
  if (areConcurrent(tally, from, to)) return false;
  const back = inferredOf(tally.edges.get(edgeKey(to, from)));
  if (from !== to && edge.sagas < leastReturn * back) return false;
  return edge.sagas >= leastInferred * Math.min(sagasAt(tally, from), sagasAt(tally, to));
}

function nodesOf(tally: DefinitionTally): GraphNode[] {
  const start = plainNode("start", tally.sagas);
  const own = [...tally.nodes].map(([node, { sagas, tries, completed, failed, compensates, ms }]) => {
    const counted = { sagas, tries, completed, failed, ...quantilesOf(ms) };
    return { node, ...readNode(node), compensates: compensates === "" ? null : compensates, ...counted };
  });
  const ends = [...tally.ends].flatMap(([end, sagas]) => (end === "open" ? [] : [plainNode(`end ${end}`, sagas)]));
  return [start, ...own.sort((a, b) => b.sagas - a.sagas || (a.node < b.node ? -1 : 1)), ...ends];
}

function plainNode(node: string, sagas: number): GraphNode {
  const counted = { sagas, tries: 0, completed: 0, failed: 0, p50Ms: null, p95Ms: null };
  return { node, ...readNode(node), compensates: null, ...counted };
}

function graphEdge(
  tally: DefinitionTally,
  { edge, isThereAndBack }: { edge: EdgeTally; isThereAndBack: boolean },
): GraphEdge {
  const { from, to, sagas, times, given, ms } = edge;
  const at = sagasAt(tally, from);
  const share = at === 0 ? 0 : Math.min(1, sagas / at);
  return { from, to, kind: kindOf(edge, isThereAndBack), isGiven: given > 0, sagas, times, share, ...quantilesOf(ms) };
}

function kindOf({ from, to }: EdgeTally, isThereAndBack: boolean): GraphEdge["kind"] {
  if (from === to) return "retry";
  const [source, target] = [readNode(from).kind, readNode(to).kind];
  if (target === "end") return "end";
  if (target === "compensation" && source !== "compensation") return "compensation";
  return isThereAndBack ? "loop" : "next";
}

const quantilesOf = (ms: Histogram) => ({ p50Ms: quantileOf(ms, 0.5), p95Ms: quantileOf(ms, 0.95) });
