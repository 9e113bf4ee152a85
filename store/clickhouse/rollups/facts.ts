import type { DefinitionTally } from "#sagas/definition/tally.ts";
import type { Histogram } from "#sagas/histogram.ts";
import type { Moves } from "#sagas/outlook/moves.ts";

/** What is learned of the sagas of one type and version. */
export interface Learned {
  readonly type: string;
  readonly version: string;
  readonly definition: DefinitionTally;
  readonly moves: Moves;
}

/**
 * A row of `saga_rollups` without its slot. What its columns hold, by fact:
 *
 * - `slot`: that the slot was counted, by which revision (`subject`), and its sagas; of no type.
 * - `end`: `subject` is how they ended, or `open`.
 * - `node`: `object` is what it compensates, `times` its tries, the histogram how long they took.
 * - `edge`: from `subject` to `object`, the histogram of the time between.
 * - `pair`: two nodes of which `sagas` had both at the same time, and `times` in both orders.
 * - `path`: `subject` is its edges, a line each.
 * - `move`: from the position `subject` to where `object` begins next; the histograms are `waits` and `lefts`.
 */
export interface FactRow {
  readonly saga_type: string;
  readonly saga_version: string;
  readonly fact: "slot" | "end" | "node" | "edge" | "pair" | "path" | "move";
  readonly subject: string;
  readonly object: string;
  readonly sagas: number;
  readonly times?: number;
  readonly given?: number;
  readonly completed?: number;
  readonly failed?: number;
  readonly keys?: readonly number[];
  readonly counts?: readonly number[];
  readonly left_keys?: readonly number[];
  readonly left_counts?: readonly number[];
  readonly examples?: readonly string[];
}

/** Of one fact, type, version and slot no more rows than these are kept: those of most sagas. */
const mostRows = 2_000;

/** The rows that say what was learned of one type and version in a slot. */
export function factRows({ type, version, definition, moves }: Learned): FactRow[] {
  const of = { saga_type: type, saga_version: version };
  const { ends, nodes, edges, pairs, paths } = definition;
  const facts: FactRow[][] = [
    [...ends].map(([subject, sagas]) => ({ ...of, fact: "end", subject, object: "", sagas })),
    [...nodes].map(([subject, { compensates: object, sagas, tries: times, completed, failed, ms }]) => {
      return { ...of, fact: "node", subject, object, sagas, times, completed, failed, ...histogram(ms) };
    }),
    [...edges.values()].map(({ from: subject, to: object, sagas, times, given, ms }) => {
      return { ...of, fact: "edge", subject, object, sagas, times, given, ...histogram(ms) };
    }),
    [...pairs.values()].map(({ from: subject, to: object, concurrent: sagas, both: times }) => {
      return { ...of, fact: "pair", subject, object, sagas, times };
    }),
    [...paths].map(([subject, { sagas, examples }]) => ({ ...of, fact: "path", subject, object: "", sagas, examples })),
    [...moves.values()].map(({ position: subject, next: object, sagas, waits, lefts }) => {
      const [left_keys, left_counts] = listsOf(lefts);
      return { ...of, fact: "move", subject, object, sagas, ...histogram(waits), left_keys, left_counts };
    }),
  ];
  return facts.flatMap((rows) => rows.sort((a, b) => b.sagas - a.sagas).slice(0, mostRows));
}

function histogram(of: Histogram): Pick<FactRow, "keys" | "counts"> {
  const [keys, counts] = listsOf(of);
  return { keys, counts };
}

function listsOf(of: Histogram): [keys: number[], counts: number[]] {
  const entries = [...of].sort(([a], [b]) => a - b);
  return [entries.map(([key]) => key), entries.map(([, count]) => count)];
}
