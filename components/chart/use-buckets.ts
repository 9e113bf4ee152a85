import { useMemo } from "react";
import { alignRows, type Buckets, bucketsOver } from "./buckets.ts";

/** The buckets of an answer's stretch of time, and its rows aligned with them. */
export function useBuckets<Row extends { readonly at: string }>(
  { from, to, bucketSeconds }: { readonly from: string; readonly to: string; readonly bucketSeconds: number },
  series: readonly Row[],
): { buckets: Buckets; rows: readonly (Row | undefined)[] } {
  return useMemo(() => {
    const buckets = bucketsOver(
      { fromMs: Date.parse(from), toMs: Date.parse(to) },
      { bucketMs: bucketSeconds * 1000, anchorMs: Date.parse(series[0]?.at ?? from) },
    );
    return { buckets, rows: alignRows(series, buckets) };
  }, [from, to, bucketSeconds, series]);
}
