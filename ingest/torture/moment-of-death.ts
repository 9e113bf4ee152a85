import { setTimeout as sleep } from "node:timers/promises";
import { type Range, readRange } from "#ingest/plan-chunk.ts";
import type { World } from "./world.ts";

/** How far the chunks of a worker had come when it was killed. */
export const moments = ["before a chunk", "before its insert", "in the middle of it", "before its commit"] as const;
export type Moment = (typeof moments)[number];

// Long enough for the living to move on, and short of what it takes them to miss the dead.
const othersMoveOnMs = 700;

/** Looks, right after a kill, at what the group and the store hold of the chunks that the dead worker had in hand. */
export async function momentsOfDeath(world: World): Promise<Moment[]> {
  const before = await writtenRanges(world);
  await sleep(othersMoveOnMs);
  const after = await writtenRanges(world);
  const left = [...after].filter(([partition, range]) => before.get(partition)?.atMs === range.atMs);
  if (left.length === 0) return ["before a chunk"];
  return await Promise.all(left.map(([partition, range]) => momentOf(world, partition, range)));
}

async function writtenRanges({ admin, stack }: World): Promise<Map<number, Range>> {
  const topic = stack.topics.events;
  const [offsets] = await admin.fetchOffsets({ groupId: `${stack.env.INGEST_GROUP}-${topic}`, topics: [topic] });
  const ranges = new Map<number, Range>();
  for (const { partition, offset, metadata } of offsets?.partitions ?? []) {
    const range = Number(offset) < 0 ? undefined : readRange(metadata, BigInt(offset));
    if (range) ranges.set(partition, range);
  }
  return ranges;
}

async function momentOf({ stack }: World, partition: number, { min, max }: Range): Promise<Moment> {
  const inRange = `_partition = ${partition} AND _offset BETWEEN ${min} AND ${max}`;
  const { n } = await stack.ask(
    `SELECT (SELECT count() FROM saga_events WHERE ${inRange}) + (SELECT count() FROM dead_letters WHERE ${inRange}) AS n`,
  );
  const stored = BigInt(n ?? 0);
  if (stored === 0n) return "before its insert";
  return stored === max - min + 1n ? "before its commit" : "in the middle of it";
}
