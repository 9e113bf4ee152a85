import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "#lib/errors.ts";
import type { Admin, Kafka } from "#lib/kafka.ts";
import type { Standing } from "#lib/kafkajs-generation.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { ingestGroups } from "#store/clickhouse/queries/ingest-groups.ts";
import { furthest } from "./beginning.ts";
import { isNotAllowed } from "./kafka-errors.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
import type { Reading } from "./reading.ts";
import { retryForever } from "./retry.ts";

export interface OtherGroupsPorts {
  readonly kafka: Kafka;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
}

/** Another group stores the topic in the same store. */
export class NotAlone extends Error {}

/** Where the groups that stored a topic before have left its partitions. */
export type Left = ReadonlyMap<number, Standing>;

const lookMs = 3_000;

/**
 * Keeps two groups from storing one topic in one store: each would go by offsets of its own, and every row would be there
 * twice. The store says which groups have ever stored the topic, and Kafka which of them have members, and how far they came;
 * groups of another Kafka are not known to it, and read another topic.
 */
export class OtherGroups {
  readonly #reading: Pick<Reading, "name" | "topic">;
  readonly #groupId: string;
  readonly #ports: OtherGroupsPorts;

  constructor(reading: Pick<Reading, "name" | "topic">, groupId: string, ports: OtherGroupsPorts) {
    this.#reading = reading;
    this.#groupId = groupId;
    this.#ports = ports;
  }

  /** Resolves once no other group has members; until then `/readyz` says which one has. */
  async gone(signal: AbortSignal): Promise<void> {
    const { readiness, log } = this.#ports;
    const { name: topic } = this.#reading;
    let told: string | undefined;
    for (;;) {
      const { alive: other } = await this.#look(await this.#known(signal));
      signal.throwIfAborted();
      readiness.standsBack(topic, other && whyNot(other, topic));
      if (other === undefined) return;
      if (other !== told) log.error({ topic, group: this.#groupId, other }, whyNot(other, topic));
      told = other;
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * To be asked by a member of this group before it stores anything: of two groups that come up at once, the later one knows.
   * Where the others have left the topic; throws `NotAlone` where one has not, and whatever keeps Kafka from telling.
   */
  async check(signal: AbortSignal): Promise<Left> {
    const { alive, left } = await this.#look(await this.#knownWithUs(signal));
    if (alive !== undefined) throw new NotAlone(whyNot(alive, this.#reading.name));
    return left;
  }

  /** The groups that have stored the topic here. */
  #known(signal: AbortSignal): Promise<string[]> {
    return this.#asking(signal, () => ingestGroups(this.#ports.client, this.#reading.name));
  }

  /** The same, with this one among them from now on. */
  async #knownWithUs(signal: AbortSignal): Promise<string[]> {
    const known = await this.#known(signal);
    if (known.includes(this.#groupId)) return known;
    await this.#asking(signal, () => this.#claim());
    return await this.#known(signal);
  }

  /** Under a token of its own each time: a claim that somebody took away may come again. */
  async #claim(): Promise<void> {
    const { name: topic } = this.#reading;
    await insertBlock(this.#ports.client, {
      table: "ingest_groups",
      token: `${topic}-group-${randomUUID()}`,
      body: [Buffer.from(`${JSON.stringify([topic, this.#groupId])}\n`)],
    });
  }

  async #asking<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Answer> {
    const { metrics, readiness, log } = this.#ports;
    const { name: topic } = this.#reading;
    const answer = await retryForever(ask, {
      signal,
      retrying: (cause, error, waitMs) => {
        metrics.retries.inc({ cause });
        readiness.cannotStore(topic, cause);
        log.warn({ topic, cause, waitMs, err: error }, "The store did not say who stores the topic; asking again");
      },
    });
    readiness.canStore(topic);
    return answer;
  }

  /** Another of these groups that has members; or, where none has, where they left the topic. */
  async #look(known: readonly string[]): Promise<{ alive: string | undefined; left: Left }> {
    const others = new Set(known.filter((group) => group !== this.#groupId));
    const left = new Map<number, Standing>();
    if (others.size === 0) return { alive: undefined, left };
    const admin = this.#ports.kafka.admin();
    try {
      await admin.connect();
      for (const group of others) if (await this.#hasMembers(admin, group)) return { alive: group, left };
      for (const group of others)
        for (const [partition, standing] of await this.#leftBy(admin, group))
          left.set(partition, furthest(left.get(partition), standing));
      return { alive: undefined, left };
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  async #hasMembers(admin: Admin, group: string): Promise<boolean> {
    try {
      const { groups } = await admin.describeGroups([group]);
      return groups.some(({ members }) => members.length > 0);
    } catch (error) {
      this.#goOnIfNotAllowed(error, group);
      return false;
    }
  }

  async #leftBy(admin: Admin, group: string): Promise<[number, Standing][]> {
    try {
      const [of] = await admin.fetchOffsets({ groupId: group, topics: [this.#reading.topic] });
      return (of?.partitions ?? []).flatMap(({ partition, offset, metadata }) =>
        BigInt(offset) < 0n ? [] : [[partition, { offset: BigInt(offset), metadata }]],
      );
    } catch (error) {
      this.#goOnIfNotAllowed(error, group);
      return [];
    }
  }

  #goOnIfNotAllowed(error: unknown, other: string): void {
    if (!isNotAllowed(error)) throw error;
    const reason = messageOf(error);
    const message = "Kafka does not let us see whether another group stores the topic here too, nor how far it came";
    this.#ports.log.warn({ topic: this.#reading.name, other, reason }, message);
  }
}

const whyNot = (other: string, topic: string): string =>
  `The group ${other} stores this topic in the same store; both would store every row. Stop its workers, or give these the same INGEST_GROUP. If it stores elsewhere now: ALTER TABLE ingest_groups DELETE WHERE topic = '${topic}' AND group_id = '${other}'`;
