import type { ChangedSlot } from "#store/clickhouse/queries/changed-slots.ts";

/**
 * A row may be seen this long after the moment of storing that it bears, which is that of its insert's beginning. A slot that
 * was counted within this time of its last change is counted once more.
 */
export const lateMs = 180_000;
/** A slot that is changing is counted no more often. */
export const usualRestMs = 60_000;

/**
 * The slots to count now, of those that have changed. In turn the newest of those that never were, since people look at what
 * is new, and of those that were the one whose count is the oldest, so that none waits for ever.
 */
export function dueSlots(
  changed: Iterable<ChangedSlot>,
  computed: ReadonlyMap<number, number>,
  { nowMs, restMs }: { nowMs: number; restMs: number },
): number[] {
  const fresh: number[] = [];
  const stale: { slotMs: number; computedMs: number }[] = [];
  for (const { slotMs, changedMs } of changed) {
    const computedMs = computed.get(slotMs);
    if (computedMs === undefined) fresh.push(slotMs);
    else if (changedMs > computedMs - lateMs && computedMs + restMs <= nowMs) stale.push({ slotMs, computedMs });
  }
  fresh.sort((a, b) => b - a);
  stale.sort((a, b) => a.computedMs - b.computedMs || b.slotMs - a.slotMs);
  return Array.from({ length: Math.max(fresh.length, stale.length) }, (_, index) => [
    fresh[index],
    stale[index]?.slotMs,
  ])
    .flat()
    .filter((slot) => slot !== undefined);
}
