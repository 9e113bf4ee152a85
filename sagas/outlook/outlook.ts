import { boundsOf, count, type Histogram, quantileOf, totalOf } from "#sagas/histogram.ts";
import { leftSpan, type MoveTally, readLeft, readWait, waitSpan } from "./moves.ts";

/** A share of peers, with the 95 % interval that their number leaves. */
export interface Odds {
  readonly odds: number;
  readonly low: number;
  readonly high: number;
}

/** What a saga's peers did from where it stands. */
export interface Outlook {
  /** Sagas that were in the same position, waited in it as long, and have ended. */
  readonly peers: number;
  /** What begins next, or the end, likeliest first. */
  readonly next: readonly { readonly node: string; readonly odds: number }[];
  /** Nodes that are still to begin, of the middle one of its peers. */
  readonly remainingSteps: number;
  /** From the moment at which it came into the position to its end, in ms. */
  readonly leftMs: { readonly p50: number; readonly p90: number };
  /** To end in any other way than completed. */
  readonly failing: Odds;
  readonly compensated: number;
  readonly failed: number;
}

/** What of a move's tally an outlook is made from. */
export interface Move extends Pick<MoveTally, "waits" | "lefts"> {
  /** A node; empty where none began. */
  readonly next: string;
}

/** Why nothing is said: too few peers at all, or hardly any that waited as long. */
export type NoOutlook = "too_few_peers" | "waits_longer_than_peers";

/** Fewer peers say nothing. */
export const fewestPeers = 20;

/**
 * The outlook of a saga that has waited `waitedMs` in a position, from the moves of its peers there. Only those count that
 * waited as long: who has waited beyond most is another case than who has just come.
 */
export function outlookOf(moves: readonly Move[], waitedMs: number): Outlook | NoOutlook {
  if (endedOf(moves, 0).total < fewestPeers) return "too_few_peers";
  const peers = endedOf(moves, waitedMs);
  if (peers.total < fewestPeers) return "waits_longer_than_peers";
  const { lefts, steps } = remainingOf(moves, waitedMs);
  const failing = 1 - peers.completed / peers.total;
  return {
    peers: Math.round(peers.total),
    next: [...peers.next]
      .map(([node, times]) => ({ node, odds: times / peers.total }))
      .sort((a, b) => b.odds - a.odds || (a.node < b.node ? -1 : 1)),
    remainingSteps: middleOf(steps),
    leftMs: { p50: leftAt(lefts, 0.5, waitedMs), p90: leftAt(lefts, 0.9, waitedMs) },
    failing: { odds: failing, ...interval(failing, peers.total) },
    compensated: peers.compensated / peers.total,
    failed: peers.failed / peers.total,
  };
}

/** Of the moves of ended sagas that waited as long: how many, how they ended, and what came next. */
function endedOf(moves: readonly Move[], waitedMs: number) {
  const found = { total: 0, completed: 0, compensated: 0, failed: 0, next: new Map<string, number>() };
  for (const { next, waits } of moves) {
    for (const [key, times] of waits) {
      const { wait, outcome } = readWait(key);
      if (outcome === "open") continue;
      const peers = times * shareBeyond(waitedMs, { bucket: wait, span: 1 });
      if (peers === 0) continue;
      found.total += peers;
      found[outcome] += peers;
      found.next.set(next, (found.next.get(next) ?? 0) + peers);
    }
  }
  return found;
}

/** The share of what is in a bucket, and in those before it that it spans, that lies beyond `ms`, taken to be spread evenly. */
function shareBeyond(ms: number, { bucket, span }: { bucket: number; span: number }): number {
  const toMs = boundsOf(bucket)[1];
  if (ms >= toMs) return 0;
  const fromMs = boundsOf(Math.max(0, bucket - span + 1))[0];
  return ms <= fromMs ? 1 : (toMs - ms) / (toMs - fromMs);
}

function remainingOf(moves: readonly Move[], waitedMs: number) {
  const lefts = new Map<number, number>();
  const steps = new Map<number, number>();
  for (const move of moves) {
    for (const [key, times] of move.lefts) {
      const { wait, left, steps: ahead } = readLeft(key);
      const peers = times * shareBeyond(waitedMs, { bucket: wait, span: waitSpan });
      if (peers === 0 || boundsOf(left)[1] <= waitedMs) continue;
      count(lefts, left, peers);
      count(steps, ahead, peers);
    }
  }
  return { lefts, steps };
}

/** A quantile of what was left, spread evenly over the buckets that each spans; no less than was waited already. */
function leftAt(lefts: Histogram, level: number, waitedMs: number): number {
  const spread = new Map<number, number>();
  for (const [bucket, peers] of lefts) {
    const buckets = Array.from({ length: Math.min(leftSpan, bucket + 1) }, (_, index) => bucket - index);
    const open = buckets.filter((one) => boundsOf(one)[1] > waitedMs);
    for (const one of open) count(spread, one, peers / open.length);
  }
  return Math.max(waitedMs, quantileOf(spread, level) ?? 0);
}

function middleOf(steps: Histogram): number {
  const half = totalOf(steps) / 2;
  let before = 0;
  for (const bucket of [...steps.keys()].sort((a, b) => a - b)) {
    before += steps.get(bucket) ?? 0;
    if (before >= half) return bucket;
  }
  return 0;
}

/** Wilson's score interval of a share, 95 %. */
function interval(share: number, of: number): { low: number; high: number } {
  const z = 1.96;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}
