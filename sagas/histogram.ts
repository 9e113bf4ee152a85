/**
 * How often durations fell into each bucket. Buckets grow by a fixed factor, so a histogram of any durations is small, adds
 * up exactly, and tells every quantile to within half a bucket.
 */
export type Histogram = ReadonlyMap<number, number>;

/** Buckets to a doubling: each is 4.4 % wide. */
const perDoubling = 16;
/** The last bucket holds everything from 46 days on. */
const lastBucket = 511;

/** The bucket of a duration in ms: 0 below 1 ms. */
export function bucketOf(ms: number): number {
  if (!(ms >= 1)) return 0;
  return Math.min(lastBucket, 1 + Math.floor(Math.log2(ms) * perDoubling));
}

/** Where a bucket begins and ends, in ms. */
export function boundsOf(bucket: number): readonly [fromMs: number, toMs: number] {
  if (bucket === 0) return [0, 1];
  return [2 ** ((bucket - 1) / perDoubling), 2 ** (bucket / perDoubling)];
}

/** How many durations there are in all. */
export function totalOf(histogram: Histogram): number {
  let total = 0;
  for (const count of histogram.values()) total += count;
  return total;
}

/** The duration in ms below which a share `level` of them lies, evened out within its bucket; null of none. */
export function quantileOf(histogram: Histogram, level: number): number | null {
  const found = rankOf(histogram, level);
  if (!found) return null;
  const [fromMs, toMs] = boundsOf(found.bucket);
  return fromMs + (toMs - fromMs) * found.within;
}

/** The end of the bucket in which the quantile lies: no less than the quantile; null of none. */
export function quantileAtMost(histogram: Histogram, level: number): number | null {
  const found = rankOf(histogram, level);
  return found ? boundsOf(found.bucket)[1] : null;
}

function rankOf(histogram: Histogram, level: number): { bucket: number; within: number } | undefined {
  const wanted = totalOf(histogram) * level;
  let before = 0;
  let last: { bucket: number; within: number } | undefined;
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    const count = histogram.get(bucket) ?? 0;
    if (count === 0) continue;
    if (before + count >= wanted) return { bucket, within: (wanted - before) / count };
    before += count;
    last = { bucket, within: 1 };
  }
  return last;
}

/** Adds to a histogram that is being filled. */
export function count(histogram: Map<number, number>, bucket: number, times = 1): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + times);
}
