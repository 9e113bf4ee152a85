import { bucketOf, count } from "#sagas/histogram.ts";
import type { End, History } from "#sagas/history.ts";
import { type Node, nodeOf } from "./node.ts";
import { edgeKey, pathOf, transitionsOf } from "./transitions.ts";

/** What is counted of a node: sagas that came to it, its tries, and how long those took that ended. */
export interface NodeTally {
  sagas: number;
  tries: number;
  completed: number;
  failed: number;
  /** Of a compensation, the step that it undoes. */
  compensates: string;
  ms: Map<number, number>;
}

/** What is counted of an edge: sagas that took it, how often, and how often a cause said so. */
export interface EdgeTally {
  readonly from: string;
  readonly to: string;
  sagas: number;
  times: number;
  given: number;
  ms: Map<number, number>;
}

/** Two nodes, in order of text, whose order differs: at the same time, or there and back again within one saga. */
export interface PairTally {
  readonly from: string;
  readonly to: string;
  concurrent: number;
  both: number;
}

/** The sagas that took the same edges. */
export interface PathTally {
  readonly edges: readonly string[];
  sagas: number;
  /** Ids of some of them. */
  examples: string[];
}

/** What a definition is made from. Tallies of two sets of sagas add up to that of both. */
export interface DefinitionTally {
  sagas: number;
  ends: Map<End | "open", number>;
  nodes: Map<string, NodeTally>;
  edges: Map<string, EdgeTally>;
  pairs: Map<string, PairTally>;
  paths: Map<string, PathTally>;
}

export const mostExamples = 5;

export function emptyTally(): DefinitionTally {
  return { sagas: 0, ends: new Map(), nodes: new Map(), edges: new Map(), pairs: new Map(), paths: new Map() };
}

/** Counts one more saga. */
export function tallyHistory(tally: DefinitionTally, history: History): void {
  tally.sagas += 1;
  count1(tally.ends, history.end?.kind ?? "open");
  tallyNodes(tally, history);
  const { taken, concurrent } = transitionsOf(history);
  const seen = new Set<string>();
  for (const { from, to, isGiven, ms } of taken) {
    const key = edgeKey(from, to);
    const edge = entry(tally.edges, key, () => ({ from, to, sagas: 0, times: 0, given: 0, ms: new Map() }));
    if (!seen.has(key)) edge.sagas += 1;
    seen.add(key);
    edge.times += 1;
    if (isGiven) edge.given += 1;
    count(edge.ms, bucketOf(ms));
  }
  for (const [from, to] of concurrent) pairOf(tally, from, to).concurrent += 1;
  for (const { from, to } of new Map(taken.map((one) => [edgeKey(one.from, one.to), one])).values()) {
    if (from < to && seen.has(edgeKey(to, from))) pairOf(tally, from, to).both += 1;
  }
  const edges = pathOf(taken);
  const path = entry(tally.paths, edges.join("\n"), () => ({ edges, sagas: 0, examples: [] }));
  path.sagas += 1;
  // The smallest ids, so that the order in which sagas are counted makes no difference.
  path.examples = [...path.examples, history.id].sort().slice(0, mostExamples);
}

function tallyNodes(tally: DefinitionTally, { executions }: History): void {
  const seen = new Set<Node>();
  for (const execution of executions) {
    const key = nodeOf(execution);
    const { compensates, outcome, startedMs, endedMs } = execution;
    const node = entry(tally.nodes, key, () => ({
      sagas: 0,
      tries: 0,
      completed: 0,
      failed: 0,
      compensates,
      ms: new Map(),
    }));
    if (!seen.has(key)) node.sagas += 1;
    seen.add(key);
    node.tries += 1;
    if (outcome === "completed") node.completed += 1;
    if (outcome === "failed") node.failed += 1;
    if (startedMs !== null && endedMs !== null) count(node.ms, bucketOf(endedMs - startedMs));
  }
}

/** Adds what another tally counted. */
export function addTally(sum: DefinitionTally, { sagas, ends, nodes, edges, pairs, paths }: DefinitionTally): void {
  sum.sagas += sagas;
  for (const [end, own] of ends) count1(sum.ends, end, own);
  for (const [key, own] of nodes) {
    const { compensates } = own;
    const node = entry(sum.nodes, key, () => ({
      sagas: 0,
      tries: 0,
      completed: 0,
      failed: 0,
      compensates,
      ms: new Map(),
    }));
    for (const name of ["sagas", "tries", "completed", "failed"] as const) node[name] += own[name];
    for (const [bucket, times] of own.ms) count(node.ms, bucket, times);
  }
  for (const [key, own] of edges) {
    const { from, to } = own;
    const edge = entry(sum.edges, key, () => ({ from, to, sagas: 0, times: 0, given: 0, ms: new Map() }));
    for (const name of ["sagas", "times", "given"] as const) edge[name] += own[name];
    for (const [bucket, times] of own.ms) count(edge.ms, bucket, times);
  }
  for (const { from, to, concurrent, both } of pairs.values()) {
    const pair = pairOf(sum, from, to);
    pair.concurrent += concurrent;
    pair.both += both;
  }
  for (const [key, own] of paths) {
    const path = entry(sum.paths, key, () => ({ edges: own.edges, sagas: 0, examples: [] }));
    path.sagas += own.sagas;
    path.examples = [...path.examples, ...own.examples].sort().slice(0, mostExamples);
  }
}

function pairOf({ pairs }: DefinitionTally, a: string, b: string): PairTally {
  const [from, to] = a < b ? [a, b] : [b, a];
  return entry(pairs, edgeKey(from, to), () => ({ from, to, concurrent: 0, both: 0 }));
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function count1<Key>(counts: Map<Key, number>, key: Key, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}
