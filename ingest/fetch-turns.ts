/** A partition of ours, as far as it matters to whether more of it is fetched. */
export interface Fetchable {
  readonly partition: number;
  /** Read and not yet stored. */
  readonly heldBytes: number;
  /** Of that, what no chunk that is being stored has. */
  readonly waitingBytes: number;
  /** Whether the log is known to hold so much more that a whole chunk is waited for. */
  readonly isBehind: boolean;
  /** Not to be read at all for now. */
  readonly isBlocked: boolean;
  /** Its next chunk was decided by another worker, and can only be stored once it is read to its end. */
  readonly isOwed: boolean;
}

export interface FetchLimits {
  /** Of all partitions together. */
  readonly heldBytes: number;
  /** Of them too, by what other topics hold. */
  readonly roomBytes: number;
  /** Enough for the next chunk. */
  readonly chunkBytes: number;
}

export interface FetchTurns {
  readonly fetched: ReadonlySet<number>;
  /** In the order of their turns, newest last. */
  readonly turns: readonly number[];
  /** Whether somebody who is behind waits for what others hold to be stored. */
  readonly isFull: boolean;
  /** What is held, with the rest of the chunk whose turn it is. */
  readonly heldBytes: number;
}

/**
 * The partitions to fetch from. Whoever has caught up always is; of those that are behind one, until its next chunk is
 * whole, then the one that waited longest. A turn begins only where there is room for a whole chunk, since the store's
 * work goes by the number of chunks; but for a chunk that is owed, which nothing else could make room for. One chunk each
 * topic may hold, whatever the others do, and a little of each partition that has caught up: a topic that cannot be stored
 * holds up none of them.
 */
export function fetchTurns(
  all: readonly Fetchable[],
  turns: readonly number[],
  { heldBytes, roomBytes, chunkBytes }: FetchLimits,
): FetchTurns {
  const held = all.reduce((sum, one) => sum + one.heldBytes, 0);
  const most = Math.min(heldBytes, roomBytes);
  const open = all.filter((one) => !one.isBlocked && (one.isOwed || one.waitingBytes < chunkBytes));
  const caughtUp = open.filter((one) => {
    if (one.isBehind) return false;
    return one.isOwed || held < (one.heldBytes === 0 ? heldBytes : Math.max(chunkBytes, most));
  });
  const behind = open.filter((one) => one.isBehind);
  // What those hold that have caught up comes and goes all the time: beside that alone there is always room for a chunk.
  const isOfChunk = ({ isBehind, heldBytes: own }: Fetchable) => isBehind || own > chunkBytes / 8;
  const inChunks = all.reduce((sum, one) => sum + (isOfChunk(one) ? one.heldBytes : 0), 0);
  const isRoomBeside = (chunks: number) => chunks === 0 || held - inChunks + chunks + chunkBytes <= most;
  // The rest of its chunk has to fit in beside what is being stored.
  const fits = ({ isOwed, waitingBytes }: Fetchable) => isOwed || isRoomBeside(inChunks - waitingBytes);
  const underWay = behind.find((one) => one.waitingBytes > 0 && one.partition === turns.at(-1) && fits(one));
  const hasRoom = isRoomBeside(inChunks);
  // -1, never had one, comes before all who had.
  const longest = (a: Fetchable, b: Fetchable) =>
    turns.indexOf(a.partition) - turns.indexOf(b.partition) || a.partition - b.partition;
  const given = underWay ?? behind.filter(({ isOwed }) => hasRoom || isOwed).toSorted(longest)[0];
  const fetched = new Set(caughtUp.map(({ partition }) => partition));
  if (!given) return { fetched, turns, isFull: behind.length > 0, heldBytes: held };
  fetched.add(given.partition);
  const before = turns.filter((partition) => partition !== given.partition);
  const rest = Math.max(0, chunkBytes - given.waitingBytes);
  return { fetched, turns: [...before, given.partition], isFull: false, heldBytes: held + rest };
}
