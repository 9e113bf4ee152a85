import { formatCount } from "#components/format.ts";

/** A count; from 10,000 on shortened, the exact one on hover. */
export function Count({ count }: { count: number }) {
  return <span title={count >= 10_000 ? count.toLocaleString("en-US") : undefined}>{formatCount(count)}</span>;
}
