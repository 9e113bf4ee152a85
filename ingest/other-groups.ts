import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "#lib/errors.ts";
import type { Kafka } from "#lib/kafka.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { ingestGroups } from "#store/clickhouse/queries/ingest-groups.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
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

const lookMs = 3_000;

/**
 * Keeps two groups from storing one topic in one store: each would go by offsets of its own, and every row would be there
 * twice. The store says which groups have ever stored the topic, and Kafka which of them have members; groups of another
 * Kafka are not known to it, and read another topic.
 */
export class OtherGroups {
  readonly #topic: string;
  readonly #groupId: string;
  readonly #ports: OtherGroupsPorts;

  /** `topic` is the reading's name. */
  constructor(topic: string, groupId: string, ports: OtherGroupsPorts) {
    this.#topic = topic;
    this.#groupId = groupId;
    this.#ports = ports;
  }

  /** Resolves once no other group has members; until then `/readyz` says which one has. */
  async gone(signal: AbortSignal): Promise<void> {
    const { readiness, log } = this.#ports;
    let told: string | undefined;
    for (;;) {
      const other = await this.#alive(signal);
      signal.throwIfAborted();
      if (other === undefined) return readiness.standsBack(this.#topic, undefined);
      const why = whyNot(other);
      readiness.standsBack(this.#topic, why);
      if (other !== told) log.error({ topic: this.#topic, group: this.#groupId, other }, why);
      told = other;
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** To be asked by a member of this group: of two groups that come up at once, the later one knows. Throws `NotAlone`. */
  async check(signal: AbortSignal): Promise<void> {
    const other = await this.#alive(signal);
    if (other !== undefined) throw new NotAlone(whyNot(other));
  }

  /** All groups that have stored the topic here, this one among them from now on. */
  async #known(signal: AbortSignal): Promise<string[]> {
    const { client, metrics, log } = this.#ports;
    const block = {
      table: "ingest_groups" as const,
      token: `${this.#topic}-group-${this.#groupId}`,
      body: [Buffer.from(`${JSON.stringify([this.#topic, this.#groupId])}\n`)],
    };
    const retrying = (cause: string, error: unknown, waitMs: number) => {
      metrics.retries.inc({ cause });
      log.warn(
        { topic: this.#topic, cause, waitMs, err: error },
        "The store did not say who stores the topic; asking again",
      );
    };
    return await retryForever(
      async () => {
        const known = await ingestGroups(client, this.#topic);
        if (known.includes(this.#groupId)) return known;
        await insertBlock(client, block);
        return await ingestGroups(client, this.#topic);
      },
      { signal, retrying },
    );
  }

  /** Another group that has members. Where Kafka does not let us ask, there is none. */
  async #alive(signal: AbortSignal): Promise<string | undefined> {
    const others = (await this.#known(signal)).filter((group) => group !== this.#groupId);
    if (others.length === 0) return undefined;
    const { kafka, log } = this.#ports;
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { groups } = await admin.describeGroups(others);
      return groups.find(({ members }) => members.length > 0)?.groupId;
    } catch (error) {
      const reason = messageOf(error);
      log.warn(
        { topic: this.#topic, others, reason },
        "Kafka does not say whether other groups store the topic here too",
      );
      return undefined;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const whyNot = (other: string): string =>
  `The group ${other} stores this topic in the same store; both would store every row. Stop its workers, give these the same INGEST_GROUP, or a store of their own`;
