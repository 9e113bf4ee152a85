/** Between these two ages, in ms; `toMs` is null where it is older than anything asked for. */
export interface WaitingAge {
  readonly fromMs: number;
  readonly toMs: number | null;
}

export type OffsetsAt = ReadonlyMap<number, bigint>;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Kafka tells offsets by time, not times by offset: ages are found between these. */
const ages = [1, 2, 5, 10, 20, 30]
  .map((count) => count * second)
  .concat([1, 2, 5, 10, 30].map((count) => count * minute))
  .concat([1, 2, 6, 12, 24, 72, 168].map((count) => count * hour));

/**
 * How old the message at each of these offsets is, by partition. Asks as often as halving the ages takes, whatever the
 * number of partitions.
 */
export async function ageBounds(
  offsets: ReadonlyMap<number, bigint>,
  { nowMs, offsetsAt }: { nowMs: number; offsetsAt: (atMs: number) => Promise<OffsetsAt> },
): Promise<Map<number, WaitingAge>> {
  const known = new Map<number, OffsetsAt>();
  const found = new Map<number, WaitingAge>();
  for (const [partition, offset] of offsets) {
    let low = 0;
    let high = ages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const ageMs = ages[middle] ?? 0;
      const at = known.get(ageMs) ?? (await offsetsAt(nowMs - ageMs));
      known.set(ageMs, at);
      // The log as of that age begins at or before this message: it is no older.
      if ((at.get(partition) ?? offset) <= offset) high = middle;
      else low = middle + 1;
    }
    found.set(partition, { fromMs: ages[low - 1] ?? 0, toMs: ages[low] ?? null });
  }
  return found;
}
