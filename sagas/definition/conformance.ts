import { areConcurrent, sagasAt } from "./graph.ts";
import type { DefinitionTally, PathTally } from "./tally.ts";
import { edgeKey } from "./transitions.ts";

/** An edge that fewer than this share of the sagas take that came to where it begins is unusual. */
export const unusualShare = 0.01;
/** Of a node that fewer sagas came to, nothing is called unusual. */
export const fewestToJudge = 100;

/** A way that few others go: `sagas` of the `of` that came to `from`. */
export interface UnusualEdge {
  readonly from: string;
  readonly to: string;
  readonly sagas: number;
  readonly of: number;
}

/** Of the edges of a path (`edgeKey`), those that are unusual among the sagas of a tally, the rarest first. */
export function unusualEdges(tally: DefinitionTally, path: readonly string[]): UnusualEdge[] {
  return path
    .flatMap((key) => {
      const edge = tally.edges.get(key) ?? readEdge(key);
      if (!edge) return [];
      const { from, to, sagas } = edge;
      const of = sagasAt(tally, from);
      const isUsual = of < fewestToJudge || sagas >= unusualShare * of || areConcurrent(tally, from, to);
      return isUsual ? [] : [{ from, to, sagas, of }];
    })
    .sort((a, b) => a.sagas / a.of - b.sagas / b.of || (edgeKey(a.from, a.to) < edgeKey(b.from, b.to) ? -1 : 1));
}

function readEdge(key: string): { from: string; to: string; sagas: number } | undefined {
  const [from, to]: unknown[] = JSON.parse(key);
  return typeof from === "string" && typeof to === "string" ? { from, to, sagas: 0 } : undefined;
}

/** A path that leaves the usual ones, with how and which sagas. */
export interface UnusualPath {
  readonly sagas: number;
  readonly examples: readonly string[];
  readonly unusual: readonly UnusualEdge[];
}

export interface Conformance {
  /** Sagas on usual paths. */
  readonly usual: number;
  readonly sagas: number;
  /** Most sagas first. */
  readonly unusualPaths: readonly UnusualPath[];
}

/** Which of the sagas of a tally leave the usual paths. An open saga is judged by the way it has gone so far. */
export function conformanceOf(tally: DefinitionTally): Conformance {
  const judged = [...tally.paths.values()].map((path) => ({ path, unusual: unusualEdges(tally, path.edges) }));
  const unusualPaths = judged
    .filter(({ unusual }) => unusual.length > 0)
    .map(({ path: { sagas, examples }, unusual }) => ({ sagas, examples, unusual }))
    .sort((a, b) => b.sagas - a.sagas || ((a.examples[0] ?? "") < (b.examples[0] ?? "") ? -1 : 1));
  const counted = (paths: readonly Pick<PathTally, "sagas">[]) => paths.reduce((sum, { sagas }) => sum + sagas, 0);
  const sagas = counted(judged.map(({ path }) => path));
  return { usual: sagas - counted(unusualPaths), sagas, unusualPaths };
}
