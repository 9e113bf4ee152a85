import type { Node } from "#sagas/definition/node.ts";
import { bucketOf, count, type Histogram } from "#sagas/histogram.ts";
import { ends, type History } from "#sagas/history.ts";
import { momentsOf } from "./position.ts";

/** How its sagas ended, or that they have not. */
const outcomes = ["open", ...ends] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * What is counted of a position, by what begins next: how long sagas waited in it and how they ended (`waits`), and how long
 * they then had to their end (`lefts`). Both are histograms over packed keys: `readWait` and `readLeft` unpack them.
 */
export interface MoveTally {
  readonly position: string;
  /** The next node that begins, or the end; empty where the saga has not come to one. */
  readonly next: Node | "";
  sagas: number;
  readonly waits: Map<number, number>;
  readonly lefts: Map<number, number>;
}

export type Moves = Map<string, MoveTally>;

const mostSteps = 63;

/** How many buckets of `bucketOf` one of `lefts` spans: 2 to a doubling of the wait, 4 of what is left. */
export const waitSpan = 8;
export const leftSpan = 4;

/** A bucket of `bucketOf`, among those that span several: the first, below 1 ms, stands alone. */
const widened = (bucket: number, span: number) => Math.ceil(bucket / span);

/** The bucket of the wait, and how the saga ended. */
export function readWait(key: number): { wait: number; outcome: Outcome } {
  return { wait: key >> 2, outcome: outcomes[key & 3] ?? "open" };
}

/** The last of the buckets in which the wait and what was left may lie (`waitSpan`, `leftSpan`), and the nodes to come. */
export function readLeft(key: number): { wait: number; left: number; steps: number } {
  return { wait: (key >> 14) * waitSpan, left: ((key >> 6) & 0xff) * leftSpan, steps: key & mostSteps };
}

/** Counts one more saga into `moves`, once for each position that it left. */
export function tallyMoves(moves: Moves, history: History): void {
  const moments = momentsOf(history);
  const outcome = outcomes.indexOf(history.end?.kind ?? "open");
  const endMs = history.end?.atMs;
  let next: Node | "" = "";
  const ahead = new Set<Node>();
  for (let index = moments.length - 1; index >= 0; index--) {
    const [moment, after] = [moments[index], moments[index + 1]];
    if (!moment) continue;
    if (after) {
      const move = moveOf(moves, moment.position, next);
      const wait = bucketOf(after.atMs - moment.atMs);
      move.sagas += 1;
      count(move.waits, (wait << 2) | outcome);
      if (endMs !== undefined) {
        const left = widened(bucketOf(endMs - moment.atMs), leftSpan);
        count(move.lefts, (widened(wait, waitSpan) << 14) | (left << 6) | Math.min(mostSteps, ahead.size));
      }
    }
    if (moment.begins === null) continue;
    next = moment.begins;
    if (after) ahead.add(moment.begins);
  }
}

function moveOf(moves: Moves, position: string, next: Node | ""): MoveTally {
  const key = `${next}\n${position}`;
  const known = moves.get(key);
  if (known) return known;
  const made: MoveTally = { position, next, sagas: 0, waits: new Map(), lefts: new Map() };
  moves.set(key, made);
  return made;
}

/** Of packed waits, how often each wait was, whatever came of it. */
export function waitsOf(packed: Histogram): Map<number, number> {
  const waits = new Map<number, number>();
  for (const [key, times] of packed) count(waits, readWait(key).wait, times);
  return waits;
}
