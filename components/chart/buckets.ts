/** Regular stretches of time, oldest first: where each begins (ms since the epoch) and how long each is. */
export interface Buckets {
  readonly startsMs: readonly number[];
  readonly bucketMs: number;
}

/** The buckets that cover a range, on the same raster as `anchorMs` (the start of any one of them). */
export function bucketsOver(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  { bucketMs, anchorMs }: { bucketMs: number; anchorMs: number },
): Buckets {
  const first = anchorMs - Math.ceil((anchorMs - fromMs) / bucketMs) * bucketMs;
  const count = Math.max(1, Math.ceil((toMs - first) / bucketMs));
  return { startsMs: Array.from({ length: count }, (_, index) => first + index * bucketMs), bucketMs };
}

/** One value a bucket: the row that starts there, or undefined. Rows outside are left out. */
export function alignRows<Row extends { readonly at: string }>(
  rows: readonly Row[],
  { startsMs }: Buckets,
): readonly (Row | undefined)[] {
  const byStart = new Map(rows.map((row) => [Date.parse(row.at), row]));
  return startsMs.map((start) => byStart.get(start));
}

/** Whether a bucket is still filling at `nowMs`. */
export const isUnfinished = (startMs: number, bucketMs: number, nowMs: number) =>
  startMs <= nowMs && nowMs < startMs + bucketMs;

/** Where a share of the plot's width (0..1) falls: the bucket's index. */
export function indexAt(share: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(share * count)));
}

/** The stretch from one bucket to another, in either order, both included. */
export function stretch({ startsMs, bucketMs }: Buckets, a: number, b: number): { fromMs: number; toMs: number } {
  const [first = 0, last = 0] = [startsMs[Math.min(a, b)], startsMs[Math.max(a, b)]];
  return { fromMs: first, toMs: last + bucketMs };
}
