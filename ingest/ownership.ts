import type { Generation, Standing } from "#lib/kafkajs-generation.ts";
import { type Range, writeRange } from "./plan-chunk.ts";

/** What the group lets the owner of a partition do; each throws once the partition is another's. */
export interface Owner {
  readonly writeDown: (range: Range) => Promise<void>;
  readonly commit: (next: bigint) => Promise<void>;
  /** Asks the group, unless it was asked a moment ago: a process may have been asleep since the range was written down. */
  readonly stillOurs: () => Promise<void>;
  /** Aborted when the group wants the partition back or the process stops: begin nothing new. */
  readonly signal: AbortSignal;
}

/** The topic was made anew, or the group's offset is not where we left it. */
export class Displaced extends Error {}

const provenForMs = 5_000;

/** Our hold on one partition in one generation of the group. */
export class Ownership implements Owner {
  readonly #partition: number;
  readonly #generation: Generation;
  readonly #over: AbortSignal;
  readonly signal: AbortSignal;
  /** What the group holds, or may hold: of a commit that failed nobody knows whether it came through. */
  #stands: readonly Standing[] = [];
  #logId: string | undefined;
  #provenAtMs = 0;

  constructor(
    partition: number,
    { generation, over, signal }: { generation: Generation; over: AbortSignal; signal: AbortSignal },
  ) {
    this.#partition = partition;
    this.#generation = generation;
    this.#over = over;
    this.signal = signal;
  }

  /** Begins from what the group holds, with the log that is there. */
  begin(standing: Standing, logId: string | undefined): void {
    this.#stands = [standing];
    this.#logId = logId;
  }

  /** What the group holds, or may hold; the newest first. */
  get stands(): readonly Standing[] {
    return this.#stands;
  }

  writeDown = async (range: Range): Promise<void> => {
    this.signal.throwIfAborted();
    await this.move({ offset: range.min, metadata: writeRange(range) });
  };

  commit = async (next: bigint): Promise<void> => {
    await this.move({ offset: next, metadata: null });
  };

  stillOurs = async (): Promise<void> => {
    const [stands] = this.#stands;
    if (Date.now() - this.#provenAtMs < provenForMs || stands?.offset === undefined) return;
    await this.move({ offset: stands.offset, metadata: stands.metadata });
  };

  /**
   * Throws `Displaced` where the group's offset is not where we left it, or the log is another than we began with: then what
   * was read before may be of either.
   */
  async check(): Promise<void> {
    const [standings, logId] = await Promise.all([
      this.#generation.standings(),
      this.#generation.topicId(this.#partition),
    ]);
    // Kafka takes the offsets of a topic that is deleted away too, but only some time after.
    if (logId !== this.#logId) throw new Displaced("The topic was made anew");
    const found = standings.get(this.#partition);
    const isOurs = this.#stands.some(
      ({ offset, metadata }) => offset === found?.offset && metadata === (found?.metadata ?? null),
    );
    if (!isOurs) throw new Displaced(`The group's offset is ${found?.offset}, and was not when we left it`);
  }

  async move(to: { offset: bigint; metadata: string | null }): Promise<void> {
    this.#over.throwIfAborted();
    await this.check();
    this.#over.throwIfAborted();
    this.#stands = [to, ...this.#stands.slice(0, 3)];
    await this.#generation.commit(this.#partition, to.offset, to.metadata);
    this.#stands = [to];
    this.#provenAtMs = Date.now();
  }
}
