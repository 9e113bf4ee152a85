import { randomUUID } from "node:crypto";
import { firstSagaPart } from "#contracts/dead-letter.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { forgetRange, type LetterParts } from "#store/clickhouse/inserts/forget-range.ts";
import { recountProgress } from "#store/clickhouse/inserts/recount-progress.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { runningForMs } from "#store/clickhouse/queries/running-for.ts";
import type { Chunk } from "./store-chunk.ts";

export interface DoubtPorts {
  readonly client: StoreClient;
  readonly log: Logger;
  /** Tries until it works. */
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>;
  readonly nowMs: () => number;
}

// The store tells its age in whole seconds, and its clock is another's.
const imprecisionMs = 3_000;
const clocksDifferMs = 600_000;

/**
 * Whether a chunk's tokens can be believed. A store whose tables are not replicated writes a part down and that it knows
 * the part's token one after the other: one that is killed in between has lost the rows or takes them again. So where a
 * try failed, or is not known to have worked, and the store has been started since the chunk was begun, the chunk is
 * stored anew on a clean slate. The folds of `sagas` and `saga_steps` are not changed by a repeated event; the counts of
 * `ingest_progress` are made anew.
 */
export class Doubt {
  readonly #chunk: Chunk;
  readonly #ports: DoubtPorts;
  #isThere: boolean;
  #believedUntilMs: number;
  #isMending = false;

  constructor(chunk: Chunk, ports: DoubtPorts) {
    this.#chunk = chunk;
    this.#ports = ports;
    this.#isThere = chunk.tried;
    this.#believedUntilMs = chunk.range.atMs;
  }

  /** A try failed: nobody knows what the store made of it. */
  arises(): void {
    this.#isThere = true;
  }

  /** Called when all is stored: a text to store it anew under, once what these tables hold of it is gone; or all is well. */
  async settle(tables: readonly InsertedTable[]): Promise<string | undefined> {
    if (this.#isThere && (await this.#hasCrashed())) {
      await this.#forget(tables);
      return randomUUID();
    }
    if (this.#isMending) await this.#recount();
    return undefined;
  }

  async #hasCrashed(): Promise<boolean> {
    const { client, persist, nowMs } = this.#ports;
    const runningMs = await persist(() => runningForMs(client));
    this.#isThere = false;
    // Taken after the answer, which may have been waited for while the store was away.
    const answeredMs = nowMs();
    const hasCrashed = runningMs !== undefined && runningMs < answeredMs - this.#believedUntilMs + imprecisionMs;
    if (hasCrashed) this.#believedUntilMs = answeredMs + imprecisionMs;
    return hasCrashed;
  }

  async #forget(tables: readonly InsertedTable[]): Promise<void> {
    const { client, log, persist } = this.#ports;
    this.#isMending = true;
    const { partition, range } = this.#chunk;
    const place = { topic: this.#topic, partition, min: range.min, max: range.max };
    for (const table of tables) {
      const stored = table === "dead_letters" ? { ...place, parts: this.#parts } : place;
      await persist(() => forgetRange(client, table, stored));
    }
    const said = { topic: place.topic, partition, min: `${range.min}`, max: `${range.max}`, tables };
    log.warn(said, "The store was started anew under a chunk; storing the chunk anew");
  }

  async #recount(): Promise<void> {
    const { client, persist } = this.#ports;
    const { partition, range } = this.#chunk;
    const sinceMs = range.atMs - clocksDifferMs;
    await persist(() => recountProgress(client, { topic: this.#topic, partition, sinceMs }));
  }

  /** Of a topic that is read for a second purpose, those that died of this reading; the others are another's to store. */
  get #parts(): LetterParts {
    return this.#topic === this.#chunk.topic
      ? { first: 0, last: firstSagaPart - 1 }
      : { first: firstSagaPart, last: 0xffff_ffff };
  }

  /** Where the messages stood: a topic that is read for a second purpose goes by another name. */
  get #topic(): string {
    const [first] = this.#chunk.messages;
    return first?.topic ?? this.#chunk.topic;
  }
}
