import assert from "node:assert/strict";
import { Generation } from "#lib/kafkajs-generation.ts";
import { Slots } from "./slots.ts";

/** What a lane needs beside its place and its store where nothing goes wrong. */
export const quiet = () => ({
  recordGap: async () => undefined,
  seek: () => undefined,
  turn: () => new Slots(1).turn(),
  failed: (_: number | undefined, error: unknown) => assert.fail(String(error)),
  known: new Map(),
  logs: { held: async () => undefined, note: async () => undefined },
  left: async () => undefined,
});

interface Placed {
  readonly partition: number;
  readonly offset: string;
  readonly metadata?: string | null;
}

/** The group's part in partitions whose logs hold 100 messages each, without the broker. It stands at one place in all of them. */
export function generationOf(
  topic: string,
  partitions: readonly number[],
  { offset, metadata }: { offset: bigint; metadata: string },
): Generation {
  const stands = new Map<number, Placed>(
    partitions.map((partition) => [partition, { partition, offset: String(offset), metadata }]),
  );
  const coordinator = {
    offsetFetch: async () => ({ responses: [{ topic, partitions: [...stands.values()] }] }),
    offsetCommit: async ({ topics }: { topics: readonly { partitions: readonly Placed[] }[] }) => {
      for (const placed of topics[0]?.partitions ?? []) stands.set(placed.partition, placed);
    },
  };
  const cluster = {
    findTopicPartitionMetadata: () => partitions,
    findLeaderForPartitions: () => ({ 0: partitions }),
    // None of a version that tells a topic's id.
    findBroker: async () => ({ versions: {}, connectionPool: { send: () => assert.fail("Nothing is asked") } }),
    fetchTopicsOffset: async ([asked]: readonly object[]) => {
      const end = asked && "fromBeginning" in asked && asked.fromBeginning ? "0" : "100";
      return [{ topic, partitions: partitions.map((partition) => ({ partition, offset: end })) }];
    },
  };
  const manager = {
    groupId: "group",
    memberId: "member",
    generationId: 1,
    memberAssignment: { [topic]: [...partitions] },
    cluster,
    getCoordinator: async () => coordinator,
    clearAllOffsets: () => undefined,
    setDefaultOffset: async () => undefined,
  };
  return new Generation(manager, topic, () => undefined);
}
