import assert from "node:assert/strict";
import { test } from "node:test";
import { AssignerProtocol, type Cluster, type GroupMember } from "#lib/kafka.ts";
import { oneOwner, pickOwner } from "./one-owner.ts";

test("the oldest process owns all, whatever its member is called in each group", () => {
  assert.equal(
    pickOwner([
      { memberId: "a", process: "2 x" },
      { memberId: "b", process: "1 y" },
    ]),
    "b",
  );
  assert.equal(
    pickOwner([
      { memberId: "c", process: "1 y" },
      { memberId: "d", process: "2 x" },
    ]),
    "c",
  );
  assert.equal(pickOwner([]), undefined);
});

test("one member gets every partition, the others none", async () => {
  const cluster = {
    findTopicPartitionMetadata: () => [0, 1, 2].map((partitionId) => ({ partitionId })),
  } as unknown as Cluster;
  const assigner = oneOwner({ cluster, groupId: "g", logger: {} as never });
  const { metadata } = assigner.protocol({ topics: ["t"] });
  const members: GroupMember[] = ["m2", "m1"].map((memberId) => ({ memberId, memberMetadata: metadata }));
  const assigned = await assigner.assign({ members, topics: ["t"] });
  const partitions = assigned.map(({ memberId, memberAssignment }) => [
    memberId,
    AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment.t ?? [],
  ]);
  assert.deepEqual(Object.fromEntries(partitions), { m1: [0, 1, 2], m2: [] });
});
