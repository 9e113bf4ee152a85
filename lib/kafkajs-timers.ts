import { createRequire } from "node:module";

/** The part of kafkajs's queue of requests to one broker that is mended here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  /** ms since the epoch; -1 where the broker asked for no pause. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 looks after its waiting requests by a timer that starts itself anew even where none waits and nothing was
 * throttled: then its delay is minus the time of day, which Node makes 1 ms (and warns of), for each connection, for ever.
 */
export function mendTimers(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as {
    prototype: RequestQueue;
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

interface OfTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}
/** The part of kafkajs's member of a group that is mended here. */
interface ConsumerGroup {
  readonly subscriptionState: { active(): readonly OfTopic[] };
  filterPartitionsByNode(nodeId: string, topicPartitions: readonly OfTopic[]): readonly OfTopic[];
  fetch(nodeId: string): Promise<readonly unknown[]>;
  resume(topicPartitions: readonly unknown[]): void;
}

/**
 * kafkajs 2.2.4 sleeps for as long as a fetch may take where all partitions of a broker are paused, whatever is resumed
 * meanwhile: whoever pauses to bound what is in hand would read nothing for a good part of the time.
 */
export function mendPauses(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/consumer/consumerGroup.js") as {
    prototype: ConsumerGroup;
  };
  const { fetch, resume } = prototype;
  const waiting = new WeakMap<ConsumerGroup, Set<() => void>>();
  prototype.fetch = async function (this: ConsumerGroup, nodeId) {
    const active = this.filterPartitionsByNode(nodeId, this.subscriptionState.active());
    const fetching = fetch.call(this, nodeId);
    if (active.some(({ partitions }) => partitions.length > 0)) return await fetching;
    const { promise: resumed, resolve } = Promise.withResolvers<void>();
    const all = waiting.get(this) ?? new Set();
    waiting.set(this, all.add(resolve));
    // It sleeps on: what may still fail in it, the next fetch meets too.
    fetching.catch(() => undefined);
    return await Promise.race([fetching, resumed.then(() => [])]).finally(() => all.delete(resolve));
  };
  prototype.resume = function (this: ConsumerGroup, topicPartitions) {
    resume.call(this, topicPartitions);
    for (const resolve of waiting.get(this) ?? []) resolve();
  };
}
