import { randomUUID } from "node:crypto";
import { AssignerProtocol, type PartitionAssigner } from "#lib/kafka.ts";

// The oldest process comes first, so that a new one takes nothing from it.
const self = `${String(Math.round(performance.timeOrigin)).padStart(15, "0")} ${randomUUID()}`;

/**
 * Gives all partitions to one member, and in all groups to members of the same process: who settles when a saga began
 * has to see all topics that its events come by. The others stand by.
 */
export const oneOwner: PartitionAssigner = ({ cluster }) => ({
  name: "sagascope-one-owner",
  version: 1,
  protocol: ({ topics }) => ({
    name: "sagascope-one-owner",
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(self) }),
  }),
  assign: async ({ members, topics }) => {
    const owner = pickOwner(
      members.map(({ memberId, memberMetadata }) => ({ memberId, process: processOf(memberMetadata) })),
    );
    const all = topics.map((topic) => [
      topic,
      cluster.findTopicPartitionMetadata(topic).map((each) => each.partitionId),
    ]);
    return members.map(({ memberId }) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment: memberId === owner ? Object.fromEntries(all) : {},
        userData: Buffer.alloc(0),
      }),
    }));
  },
});

/** The member of the process that comes first, whatever order the members are in. */
export function pickOwner(members: readonly { memberId: string; process: string }[]): string | undefined {
  const rank = ({ memberId, process }: { memberId: string; process: string }) => `${process} ${memberId}`;
  return members.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]?.memberId;
}

function processOf(metadata: Buffer): string {
  return AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString() ?? "";
}
