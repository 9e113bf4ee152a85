import { z } from "zod";
import { AssignerProtocol, type PartitionAssigner } from "#lib/kafka.ts";
import { assignPartitions, type Claimant } from "./assign-partitions.ts";

const Claim = z.object({ owned: z.array(z.int().nonnegative()), sinceMs: z.number() });

export interface Membership {
  readonly topic: string;
  /** What is ours until the group is joined anew. */
  readonly owned: () => readonly number[];
  /** Called just before it is: from then on nothing is ours. */
  readonly joining: () => void;
}

/** kafkajs's own assigners deal all partitions out anew whenever a member comes or goes; this one leaves them where they are. */
export function stickyAssigner({ topic, owned, joining }: Membership): PartitionAssigner {
  const name = "sagascope-sticky";
  const version = 0;
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => {
      joining();
      const claim = { owned: owned(), sinceMs: Date.now() };
      const userData = Buffer.from(JSON.stringify(claim));
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) };
    },
    assign: async ({ members }) => {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const shares = assignPartitions(
        partitions,
        members.map(({ memberId, memberMetadata }) => claimantOf(memberId, memberMetadata)),
      );
      return [...shares].map(([memberId, share]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [...share] },
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** Whatever a member says that is no claim counts as none. */
function claimantOf(member: string, metadata: Buffer): Claimant {
  try {
    const { userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {};
    const claim = Claim.parse(JSON.parse(String(userData)));
    return { member, ...claim };
  } catch {
    return { member, owned: [], sinceMs: 0 };
  }
}
