import { setTimeout as sleep } from "node:timers/promises";
import type { Generation, LogEnds, Standing } from "#lib/kafkajs-generation.ts";
import {
  type Beginning,
  beginAt,
  type Gap,
  type Held,
  type Known,
  mayBeOfOldLog,
  standingOf,
  writeGap,
} from "./beginning.ts";
import type { Fetchable } from "./fetch-turns.ts";
import { isTopicGone, lookAgainMs } from "./kafka-errors.ts";
import type { Message, MessageBatch } from "./message.ts";
import { Displaced, type Owner, Ownership } from "./ownership.ts";
import { Partition } from "./partition.ts";
import { type Limits, type Range, writeRange } from "./plan-chunk.ts";
import type { Turn } from "./slots.ts";
import type { Chunk } from "./store-chunk.ts";

/** What a fetch brought of a partition, from `fetched` to `last`. */
export interface Fetched {
  readonly fetched: bigint;
  readonly batches: readonly MessageBatch[];
  readonly last: bigint;
  /** The offset that the next message of the log will get. */
  readonly end: bigint;
}

/** How much of a partition is not stored. */
export interface Lag {
  readonly messages: number;
  /** Since when the oldest of them has been there, as far as known; ms since the epoch. */
  readonly sinceMs: number | undefined;
  /** Since when the oldest that was read has been in hand; ms since the epoch. */
  readonly heldSinceMs: number | undefined;
}

/** What the store says of a partition's logs. */
export interface Logs {
  /** What the store holds of the partition; undefined where it is not asked, since all is known, and where it holds nothing. */
  held(place: Opened): Promise<Held | undefined>;
  /** Keeps which log is read from now on; all that is stored of it lies before `ours`. */
  note(place: Opened, ours: bigint, held: Held | undefined): Promise<void>;
}

/** A partition with what the group and Kafka hold of it. */
export interface Opened {
  readonly partition: number;
  readonly standing: Standing;
  readonly log: LogEnds;
  /** The topic's id, where Kafka gives one. */
  readonly logId: string | undefined;
}

export interface LanePorts {
  readonly topic: string;
  readonly limits: Limits;
  /** A chunk of so much is whole: no more is fetched for it. */
  readonly wholeBytes: number;
  readonly generation: Generation;
  /** Stores a chunk, in the turn that it was decided in, if it was in one. */
  readonly store: (chunk: Chunk, owner: Owner, turn: Turn | undefined) => Promise<void>;
  /** Waits until the store has room for another chunk. */
  readonly turn: () => Promise<Turn>;
  readonly recordGap: (partition: number, gap: Gap, signal: AbortSignal) => Promise<void>;
  /** Reads on from this offset. */
  readonly seek: (partition: number, offset: bigint) => void;
  /** More or less may be fetched now. */
  readonly changed: () => void;
  /** Whether others wait for the room that we take. */
  readonly isFull: () => boolean;
  readonly failed: (partition: number | undefined, error: unknown) => void;
  /** What earlier terms knew of each partition. */
  readonly known: Map<number, Known>;
  readonly logs: Logs;
  /** Where another group has left the partition that stored it before; nothing is stored before this is answered. */
  readonly left: (partition: number) => Promise<Standing | undefined>;
  /** Aborted when the generation ends. */
  readonly over: AbortSignal;
  /** Aborted when the generation ends or the process stops. */
  readonly signal: AbortSignal;
}

/** A producer may write any time; Kafka has been there since 2011. */
const earliestMs = Date.UTC(2011, 0, 1);
const brokerTime = (message: Message | undefined): number | undefined =>
  message && message.timeMs >= earliestMs ? message.timeMs : undefined;

/**
 * So near to its end a log is read as one that has come to it: what a busy partition is behind by is not worth to be waited
 * for, and with many partitions one is always behind by something. A message of telemetry may hold hundreds of records.
 */
const nearMessages = 2_000;
const nearBytes = 2_000_000;
const retryMs = 500;
/**
 * How long a log must end before the group's offset to be believed: a new leader may not know at once how far its log goes.
 * And how long Kafka is given to take away the offsets of a topic that was deleted.
 */
const believedAfterMs = 5_000;
/** How long a partition that is behind waits for its chunk to become whole. */
const patienceMs = 3_000;
/** How long offsets that hold nothing to store wait for a message to come after them. */
const passMs = 1_000;

/** The storing of one partition, chunk after chunk, for as long as the partition is ours; whoever reads need not wait for it. */
export class Lane {
  readonly partition: number;
  readonly #ports: LanePorts;
  readonly #ownership: Ownership;
  #read = new Partition(undefined, 0n);
  /** The next offset to read; undefined until it is known where to begin. */
  #position: bigint | undefined;
  /** The first offset that is not stored. */
  #next = 0n;
  #end = 0n;
  /** What a message weighs, by those that came last. */
  #messageBytes = 1;
  #behindSinceMs: number | undefined;
  #reads: { last: bigint; atMs: number }[] = [];
  #storingBytes = 0;
  /** The chunk that is being stored, or was when we lost our place. */
  #storing: Range | undefined;
  #isToCheck = false;
  #logId: string | undefined;
  /** The end of the log, as far as it is known to be that log's. */
  #sureEnd = 0n;
  #isDraining = false;
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #skipped: bigint | undefined;
  readonly #doubtedSinceMs = new Map<"short log" | "old log", number>();

  constructor(partition: number, ports: LanePorts) {
    this.partition = partition;
    this.#ports = ports;
    this.#ownership = new Ownership(partition, ports);
    this.#begin(() => this.#open());
  }

  /** Resolves once nothing is being stored. */
  async idle(): Promise<void> {
    this.#stopTimer();
    while (this.#work) await this.#work;
  }

  accept({ fetched, batches, last, end }: Fetched): void {
    if (this.#position === undefined || this.#isDraining) return;
    // Never a hole: what lies between is read first.
    if (fetched > this.#position) {
      this.#ports.seek(this.partition, this.#position);
      return;
    }
    const before = this.#read.held;
    this.#read.add(batches, last);
    const { messages, bytes } = this.#read.held;
    if (messages > before.messages) this.#messageBytes = (bytes - before.bytes) / (messages - before.messages);
    this.#reads.push({ last, atMs: Date.now() });
    this.#reach(last + 1n, end);
  }

  /** Offsets `first` to `last` hold nothing to store: marks of transactions, or what compaction took. */
  skip(first: bigint, last: bigint, end: bigint): void {
    if (this.#position === undefined || this.#isDraining) return;
    const isHole = first > this.#position && this.#skipped !== first;
    this.#skipped = first;
    // The log may begin again beyond a hole; if so it does the second time too.
    if (isHole) {
      this.#ports.seek(this.partition, this.#position);
      return;
    }
    this.#read.add([], last);
    this.#reach(last + 1n, end);
  }

  #reach(position: bigint, end: bigint): void {
    if (this.#position === undefined || position > this.#position) this.#position = position;
    this.#end = end;
    this.#ports.changed();
    this.kick();
  }

  get fetchable(): Fetchable {
    const { bytes } = this.#read.held;
    return {
      partition: this.partition,
      heldBytes: bytes,
      waitingBytes: Math.max(0, bytes - this.#storingBytes),
      isBehind: this.#position !== undefined && this.#position + this.#near < this.#end,
      isBlocked: this.#isDraining,
      isOwed: this.#read.isOwed,
    };
  }

  get #near(): bigint {
    return BigInt(Math.ceil(Math.min(nearMessages, nearBytes / this.#messageBytes)));
  }

  /** The log no longer holds the offset to read at: stores what is in hand, then begins anew. */
  outOfRange(): void {
    if (this.#isDraining || this.#position === undefined) return;
    this.#isDraining = true;
    this.#ports.changed();
    this.#begin(async () => {
      await this.#storeAll();
      await this.#open();
    });
  }

  /** What the log and the group are found to hold, now and then: nothing may have come to be read meanwhile. */
  measure({ high }: LogEnds, standing: Standing): Lag {
    this.#end = high > this.#end ? high : this.#end;
    const lost = this.#position !== undefined && standing.offset === undefined;
    if (lost && !this.#isToCheck) {
      this.#isToCheck = true;
      this.#begin(() => this.#checkPlace());
    }
    const { first } = this.#read.held;
    const messages = this.#position === undefined || high <= this.#next ? 0 : Number(high - this.#next);
    this.#behindSinceMs = messages === 0 ? undefined : (this.#behindSinceMs ?? Date.now());
    return {
      messages,
      sinceMs: messages > 0 ? (brokerTime(first) ?? this.#behindSinceMs) : undefined,
      heldSinceMs: this.#reads[0]?.atMs,
    };
  }

  /** The log of that id held messages up to `high`. */
  knowEnd(logId: string | undefined, high: bigint): void {
    if (logId !== this.#logId || high <= this.#sureEnd) return;
    this.#sureEnd = high;
    this.#remember();
  }

  /** Stores what is due. */
  kick(): void {
    if (this.#work || this.#position === undefined) return;
    if (this.#read.isPassable) {
      // What ends a transaction is mostly followed by another one, and goes with that.
      this.#timer ??= setTimeout(() => this.#pass(), passMs).unref();
      return;
    }
    if (this.#read.held.messages === 0) return;
    this.#stopTimer();
    if (this.#isDue()) this.#begin(() => this.#storeAll());
    else this.#timer = setTimeout(() => this.#lookAgain(), patienceMs).unref();
  }

  #lookAgain(): void {
    this.#timer = undefined;
    this.kick();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Goes on beyond offsets that hold nothing to store, where nothing has come after them. */
  #pass(): void {
    this.#timer = undefined;
    if (!this.#work && this.#read.isPassable) this.#begin(() => this.#storeNext());
  }

  /** Whether the next chunk is the same however long it waits. */
  get #isWhole(): boolean {
    const { limits, wholeBytes } = this.#ports;
    const { messages, bytes } = this.#read.held;
    return this.#read.isPlanned || messages >= limits.rows || bytes >= wholeBytes;
  }

  #isDue(): boolean {
    const { isFull } = this.#ports;
    if (this.#read.isOwed) return false;
    return (
      this.#isDraining ||
      this.#isWhole ||
      !this.fetchable.isBehind ||
      isFull() ||
      Date.now() - (this.#reads[0]?.atMs ?? 0) >= patienceMs
    );
  }

  /** Does one thing after the other, each until it works or the term ends. */
  #begin(work: () => Promise<unknown>): void {
    const before = this.#work ?? Promise.resolve();
    const mine = before
      .then(() => this.#insist(work))
      .finally(() => {
        if (this.#work !== mine) return;
        this.#work = undefined;
        if (!this.#ports.signal.aborted) this.kick();
      });
    this.#work = mine;
  }

  async #insist(work: () => Promise<unknown>): Promise<void> {
    const { signal, failed } = this.#ports;
    // How often in a row the topic was not there.
    let absences = 0;
    for (let task = work; !signal.aborted; ) {
      try {
        await task();
        return;
      } catch (error) {
        if (signal.aborted) return;
        absences = isTopicGone(error) ? absences + 1 : 0;
        if (absences < 2) failed(this.partition, error);
        if (error instanceof Displaced) {
          task = () => this.#open();
          continue;
        }
        const waitMs = lookAgainMs(Math.max(0, absences - 1), { firstMs: retryMs });
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #storeAll(): Promise<void> {
    const { signal } = this.#ports;
    const isLeft = () => !this.#read.isPassable || this.#read.isPlanned || this.#isDraining;
    while (!signal.aborted && isLeft() && this.#isDue()) if (!(await this.#storeNext())) return;
  }

  /** False where the next chunk has to be read first. What comes while it waits for its turn goes into it. */
  async #storeNext(): Promise<boolean> {
    const turn = this.#isWhole ? undefined : await this.#ports.turn();
    try {
      this.#ports.signal.throwIfAborted();
      return await this.#storeIn(turn);
    } finally {
      turn?.end();
    }
  }

  async #storeIn(turn: Turn | undefined): Promise<boolean> {
    const { topic, limits, store } = this.#ports;
    const chunk = this.#read.next(limits, Date.now());
    if (!chunk) return false;
    this.#storingBytes = 0;
    for (const { bytes } of chunk.messages) this.#storingBytes += bytes;
    // It was fetched before, and to write the range down and to commit it asks whether the log is still the one.
    const end = this.#end;
    this.#storing = chunk.range;
    this.#remember();
    // The next chunk is read meanwhile.
    this.#ports.changed();
    await store({ topic, partition: this.partition, ...chunk }, this.#ownership, turn).finally(() => {
      this.#storingBytes = 0;
    });
    this.#read.done(chunk.range);
    this.#storing = undefined;
    this.#next = chunk.range.max + 1n;
    this.#sureEnd = end;
    this.#reads = this.#reads.filter(({ last }) => last > chunk.range.max);
    this.#behindSinceMs = undefined;
    this.#remember();
    this.#ports.changed();
    return true;
  }

  async #checkPlace(): Promise<void> {
    this.#isToCheck = false;
    await this.#ownership.check();
  }

  /** Finds where to begin, and records what is lost before that. What was in hand is let go. */
  async #open(): Promise<void> {
    const { generation, known, logs, left, signal, seek, changed } = this.#ports;
    // What comes meanwhile may be of either log.
    this.#isDraining = true;
    const other = await left(this.partition);
    const found = await this.#look(generation);
    const { log, logId } = found;
    this.#ownership.begin(found.standing, logId);
    const held = await logs.held(found);
    let standing = standingOf(found.standing, other, { log, held });
    const knowledge = () => ({ logId, known: known.get(this.partition), held, nowMs: Date.now() });
    this.#doubt(
      "old log",
      mayBeOfOldLog(standing, log, knowledge()) &&
        `The topic was made anew, and the group's offset, ${standing.offset}, may be of its old log`,
    );
    const begin = () => beginAt(standing, log, knowledge());
    let beginning = begin();
    for (; beginning.gap && !beginning.range; beginning = begin()) {
      await this.#record(beginning.gap, beginning.at);
      standing = { offset: beginning.at, metadata: null };
    }
    if (beginning.gap) await this.#ports.recordGap(this.partition, beginning.gap, signal);
    const { at, range } = beginning;
    const place = { offset: range?.min ?? at, metadata: range ? writeRange(range) : null };
    const [stands] = this.#ownership.stands;
    if (stands?.offset !== place.offset || (stands?.metadata || null) !== place.metadata)
      await this.#ownership.move(place);
    // After the move: until it is noted that this log is read, no offset of the group is taken for one of it.
    await logs.note({ ...found, standing }, range ? range.max + 1n : at, held);
    this.#start(beginning, found);
    seek(this.partition, at);
    changed();
  }

  async #look(generation: Generation): Promise<Opened> {
    const before = await generation.topicId(this.partition);
    const [standings, ends] = await Promise.all([generation.standings(), generation.logEnds()]);
    const logId = await generation.topicId(this.partition);
    if (logId !== before) throw new Error("The topic is being made anew; looking again");
    const log = ends.get(this.partition);
    if (!log) throw new Error("Kafka does not know the partition");
    const standing = standings.get(this.partition) ?? { offset: undefined, metadata: null };
    const offset = standing.offset ?? (logId === this.#logId ? this.#next : 0n);
    this.#doubt(
      "short log",
      offset > log.high && `The group's offset, ${offset}, lies beyond the end of the log, ${log.high}`,
    );
    return { partition: this.partition, standing, log, logId };
  }

  /** Throws until what was found, if anything, has stood for a while. */
  #doubt(what: "short log" | "old log", found: string | false): void {
    if (!found) {
      this.#doubtedSinceMs.delete(what);
      return;
    }
    const sinceMs = this.#doubtedSinceMs.get(what) ?? Date.now();
    this.#doubtedSinceMs.set(what, sinceMs);
    if (Date.now() - sinceMs < believedAfterMs) throw new Error(`${found}; looking again`);
  }

  async #record(gap: Gap, next: bigint): Promise<void> {
    // Written down first: whoever comes after a crash records this gap and no other.
    await this.#ownership.move({ offset: next, metadata: writeGap(gap) });
    this.#ports.known.delete(this.partition);
    await this.#ports.recordGap(this.partition, gap, this.#ports.signal);
    await this.#ownership.move({ offset: next, metadata: null });
  }

  #start({ at, range }: Beginning, { log, logId }: Opened): void {
    this.#read = new Partition(range, at);
    this.#reads = [];
    this.#position = at;
    this.#next = at;
    this.#storing = range;
    this.#logId = logId;
    this.#sureEnd = log.high;
    this.#doubtedSinceMs.clear();
    this.#end = log.high;
    this.#isDraining = false;
    this.#skipped = undefined;
    this.#remember();
  }

  #remember(): void {
    const { known, over } = this.#ports;
    // From then on it may be another's.
    if (over.aborted) return;
    known.set(this.partition, {
      next: this.#next,
      range: this.#storing,
      end: this.#sureEnd,
      logId: this.#logId,
    });
  }
}
