/** A partition of ours, as far as it matters to whether more of it is fetched. */
export interface Fetchable {
  readonly partition: number;
  /** Read and not yet stored. */
  readonly heldBytes: number;
  /** Of that, what no chunk that is being stored has. */
  readonly waitingBytes: number;
  /** Whether the log is known to hold more. */
  readonly isBehind: boolean;
  /** Not to be read at all for now. */
  readonly isBlocked: boolean;
}

export interface FetchLimits {
  /** Of all partitions together. */
  readonly heldBytes: number;
  /** Enough for the next chunk. */
  readonly chunkBytes: number;
  /** What one fetch brings of a partition at most. */
  readonly fetchBytes: number;
  /** How many partitions that are behind are read at once. */
  readonly turns: number;
}

/**
 * The partitions to fetch from. Whoever has caught up always is; of those that are behind, a few, each until its next
 * chunk is whole, then those that waited longest: `turns` has them in the order of their turns, newest last.
 */
export function fetchTurns(
  all: readonly Fetchable[],
  turns: readonly number[],
  limits: FetchLimits,
): { readonly fetched: ReadonlySet<number>; readonly turns: readonly number[] } {
  let held = all.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  const open = all.filter((one) => !one.isBlocked && one.waitingBytes < limits.chunkBytes);
  const caughtUp = held < limits.heldBytes ? open.filter((one) => !one.isBehind) : [];
  const behind = open.filter((one) => one.isBehind);
  // Who is in the middle of a turn goes on; -1, never had one, comes before all who had.
  const rank = ({ partition, waitingBytes }: Fetchable) =>
    waitingBytes > 0 && turns.slice(-limits.turns).includes(partition) ? -2 : turns.indexOf(partition);
  const given: number[] = [];
  for (const { partition } of behind.toSorted((a, b) => rank(a) - rank(b) || a.partition - b.partition)) {
    if (given.length === limits.turns || (held > 0 && held + limits.fetchBytes > limits.heldBytes)) break;
    held += limits.fetchBytes;
    given.push(partition);
  }
  const before = turns.filter((partition) => !given.includes(partition));
  return {
    fetched: new Set([...caughtUp.map(({ partition }) => partition), ...given]),
    turns: [...before, ...given],
  };
}
