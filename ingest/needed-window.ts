// A chunk is one block; of one that the store refuses for some rows' sake, the halves are blocks too.
const blocksOfChunk = 2;
/** How long an insert can be under way when another worker repeats its chunk and goes on: 30 s of the store's patience with a body. */
const lateMs = 30_000;

/**
 * How many blocks a table must remember, so that an insert that comes late is still known by its token. A partition adds
 * a chunk each `ageMs` at most: what comes faster than that comes in larger chunks.
 */
export function neededWindow({ partitions, ageMs }: { partitions: number; ageMs: number }): number {
  return partitions * blocksOfChunk * Math.ceil(lateMs / ageMs);
}
