import { createRequire } from "node:module";
import { askTopicId, type Broker } from "./kafkajs-topic-id.ts";

/** What the group holds of a partition: its offset, absent where none was ever committed, and the text beside it. */
export interface Standing {
  readonly offset: bigint | undefined;
  readonly metadata: string | null;
}

/** Of a partition's log: its first offset, and the one that the next message will get. */
export interface LogEnds {
  readonly low: bigint;
  readonly high: bigint;
}

interface OfTopic<Row> {
  readonly topic: string;
  readonly partitions: readonly Row[];
}
type ByTopic<Row> = readonly OfTopic<Row>[];
interface Placed {
  readonly partition: number;
  readonly offset: string;
  readonly metadata?: string | null;
}
interface Cluster {
  fetchTopicsOffset(
    topics: ByTopic<{ partition: number }>,
  ): Promise<readonly { topic: string; partitions: readonly Placed[] }[]>;
  findTopicPartitionMetadata(topic: string): readonly unknown[];
  /** Partitions by the node that leads them. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(of: { nodeId: string }): Promise<Broker>;
}
interface Coordinator {
  offsetCommit(commit: {
    groupId: string;
    memberId: string;
    groupGenerationId: number;
    topics: ByTopic<Placed>;
  }): Promise<unknown>;
  offsetFetch(ask: {
    groupId: string;
    topics: ByTopic<{ partition: number }>;
  }): Promise<{ responses: ByTopic<Placed> }>;
}
/** kafkajs makes one for each generation of the group that it is a member of. */
interface OffsetManager {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
  readonly memberAssignment: Readonly<Record<string, readonly number[]>>;
  readonly cluster: Cluster;
  getCoordinator(): Promise<Coordinator>;
  clearAllOffsets(): void;
  setDefaultOffset(at: { topic: string; partition: number }): Promise<void>;
}

const newest = new Map<string, OffsetManager>();
const outOfRange = new WeakMap<OffsetManager, (partition: number) => void>();

mendOffsetManager();

/**
 * kafkajs 2.2.4 keeps two things to itself that nothing can be exactly once without. Its own commits are made in the name
 * of whichever generation the member is in by then, and report success where the consumer has stopped. And when the log
 * no longer holds the offset to read at, it commits "the earliest" in its place: what was lost would never be known.
 */
function mendOffsetManager(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/consumer/offsetManager/index.js") as unknown as {
    prototype: OffsetManager;
  };
  const { clearAllOffsets, setDefaultOffset } = prototype;
  prototype.clearAllOffsets = function (this: OffsetManager) {
    newest.set(this.memberId, this);
    clearAllOffsets.call(this);
  };
  prototype.setDefaultOffset = async function (this: OffsetManager, at) {
    const told = outOfRange.get(this);
    if (told) told(at.partition);
    else await setDefaultOffset.call(this, at);
  };
}

/** Asks no earlier than it is called; those who call while one asking is under way ask together after it. */
function askedAnew<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asking: Promise<unknown> = Promise.resolve();
  let queued: Promise<Answer> | undefined;
  return () => {
    queued ??= asking
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        const asked = ask();
        asking = asked;
        return asked;
      });
    return queued;
  };
}

/** A member's part in one generation of its group: all that it asks and commits is in that generation's name alone. */
export class Generation {
  readonly #manager: OffsetManager;
  readonly #topic: string;
  readonly partitions: readonly number[];
  /** What the group holds of our partitions. */
  readonly standings = askedAnew(() => this.#askStandings());
  readonly #topicIds = new Map<string, () => Promise<string | undefined>>();

  constructor(manager: OffsetManager, topic: string, told: (partition: number) => void) {
    this.#manager = manager;
    this.#topic = topic;
    this.partitions = manager.memberAssignment[topic] ?? [];
    outOfRange.set(manager, told);
  }

  /** How many partitions the topic has, ours or another's. */
  get partitionsOfTopic(): number {
    return this.#manager.cluster.findTopicPartitionMetadata(this.#topic).length;
  }

  /** Throws once the group has gone on to another generation, and whenever it is not certain that it is committed. */
  async commit(partition: number, offset: bigint, metadata: string | null): Promise<void> {
    const { groupId, memberId, generationId: groupGenerationId } = this.#manager;
    const coordinator = await this.#manager.getCoordinator();
    const partitions = [{ partition, offset: String(offset), metadata }];
    await coordinator.offsetCommit({
      groupId,
      memberId,
      groupGenerationId,
      topics: [{ topic: this.#topic, partitions }],
    });
  }

  async #askStandings(): Promise<ReadonlyMap<number, Standing>> {
    const coordinator = await this.#manager.getCoordinator();
    const { responses } = await coordinator.offsetFetch({ groupId: this.#manager.groupId, topics: this.#ofTopic() });
    return new Map(
      responses.flatMap(({ partitions }) =>
        partitions.map(({ partition, offset, metadata }) => {
          const at = BigInt(offset);
          return [partition, { offset: at < 0n ? undefined : at, metadata: metadata || null }];
        }),
      ),
    );
  }

  /** Where our partitions' logs begin and end now. */
  async logEnds(): Promise<ReadonlyMap<number, LogEnds>> {
    const [low, high] = await Promise.all([this.#offsets(true), this.#offsets(false)]);
    return new Map(
      [...low].map(([partition, offset]) => [partition, { low: offset, high: high.get(partition) ?? offset }]),
    );
  }

  /**
   * The id of the topic; undefined where Kafka tells none. It never comes back to what it was. The partition's leader is asked:
   * whoever serves a log that was made anew knows that it is another.
   */
  async topicId(partition: number): Promise<string | undefined> {
    const { cluster } = this.#manager;
    const [leader] = Object.keys(cluster.findLeaderForPartitions(this.#topic, [partition]));
    if (leader === undefined) throw new Error("Kafka does not know the partition");
    let ask = this.#topicIds.get(leader);
    if (!ask) {
      ask = askedAnew(async () => await askTopicId(await cluster.findBroker({ nodeId: leader }), this.#topic));
      this.#topicIds.set(leader, ask);
    }
    return await ask();
  }

  async #offsets(fromBeginning: boolean): Promise<Map<number, bigint>> {
    const asked = this.#ofTopic().map((topic) => ({ ...topic, fromBeginning }));
    const answer = await this.#manager.cluster.fetchTopicsOffset(asked);
    return new Map(
      answer.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, BigInt(offset)])),
    );
  }

  #ofTopic() {
    return [{ topic: this.#topic, partitions: this.partitions.map((partition) => ({ partition })) }];
  }
}

/**
 * The generation that a member has just joined (its GROUP_JOIN says so). `told` learns of each partition whose log does
 * not hold the offset to read at; it is not read until somebody seeks.
 */
export function joinedGeneration(memberId: string, topic: string, told: (partition: number) => void): Generation {
  const manager = newest.get(memberId);
  if (!manager) throw new Error(`Member ${memberId} has joined no generation`);
  newest.delete(memberId);
  return new Generation(manager, topic, told);
}
