/** A member of the group, and the partitions that it had until now; `sinceMs` tells which of two claims is the newer. */
export interface Claimant {
  readonly member: string;
  readonly owned: readonly number[];
  readonly sinceMs: number;
}

/**
 * Shares partitions out so that no two members' counts differ by more than one and as few as possible change hands.
 * The same question has the same answer, in whatever order it is put.
 */
export function assignPartitions(
  partitions: readonly number[],
  claimants: readonly Claimant[],
): ReadonlyMap<string, readonly number[]> {
  const byName = (a: Claimant, b: Claimant) => (a.member < b.member ? -1 : 1);
  const kept = keptPartitions(
    partitions,
    claimants.toSorted((a, b) => b.sinceMs - a.sinceMs || byName(a, b)),
  );
  const fair = Math.floor(partitions.length / claimants.length);
  let larger = partitions.length % claimants.length;
  const free = new Set(partitions);
  const shares = new Map<string, number[]>();
  // Whoever has most keeps the larger shares: any other choice would move one more.
  const held = (claimant: Claimant) => kept.get(claimant.member)?.length ?? 0;
  for (const claimant of claimants.toSorted((a, b) => held(b) - held(a) || byName(a, b))) {
    const room = held(claimant) > fair && larger > 0 ? fair + 1 : fair;
    if (room > fair) larger -= 1;
    const share = (kept.get(claimant.member) ?? []).slice(0, room);
    for (const partition of share) free.delete(partition);
    shares.set(claimant.member, share);
  }
  const rest = [...free].sort((a, b) => a - b);
  const deal = (size: number) => {
    for (const { member } of claimants.toSorted(byName)) {
      const share = shares.get(member) ?? [];
      while (share.length < size && rest.length > 0) share.push(rest.shift() ?? 0);
    }
  };
  deal(fair);
  deal(fair + 1);
  return new Map([...shares].map(([member, share]) => [member, share.toSorted((a, b) => a - b)]));
}

/** What each had and may keep: each partition once, with the newest claim. */
function keptPartitions(partitions: readonly number[], newestFirst: readonly Claimant[]): Map<string, number[]> {
  const free = new Set(partitions);
  return new Map(
    newestFirst.map(({ member, owned }) => {
      const kept = owned.filter((partition) => free.delete(partition)).sort((a, b) => a - b);
      return [member, kept];
    }),
  );
}
