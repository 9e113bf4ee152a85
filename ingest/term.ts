import type { Generation } from "#lib/kafkajs-generation.ts";
import { type FetchLimits, fetchTurns } from "./fetch-turns.ts";
import { type Fetched, type Lag, Lane, type LanePorts } from "./lane.ts";
import type { Room } from "./room.ts";

export interface TermPorts
  extends Omit<LanePorts, "wholeBytes" | "changed" | "isFull" | "over" | "signal" | "generation"> {
  /** Of all partitions together. */
  readonly fetchLimits: Omit<FetchLimits, "roomBytes">;
  readonly room: Room;
  readonly groupId: string;
  readonly pause: (partitions: readonly number[]) => void;
  readonly resume: (partitions: readonly number[]) => void;
  readonly stopping: AbortSignal;
}

/** The time from one joining of the group to the next. What was read but not stored in one term is read again in the next. */
export class Term {
  readonly #generation: Generation;
  readonly #ports: TermPorts;
  readonly #over = new AbortController();
  readonly #lanes: ReadonlyMap<number, Lane>;
  #fetched: ReadonlySet<number>;
  #turns: readonly number[] = [];
  #isFull = false;

  constructor(generation: Generation, ports: TermPorts) {
    this.#generation = generation;
    this.#ports = ports;
    this.#fetched = new Set(generation.partitions);
    // The client remembers what was paused in an earlier term.
    ports.resume(generation.partitions);
    for (const partition of ports.known.keys()) if (!this.#fetched.has(partition)) ports.known.delete(partition);
    const lanePorts: LanePorts = {
      ...ports,
      generation,
      wholeBytes: ports.fetchLimits.chunkBytes,
      changed: () => this.#plan(),
      isFull: () => this.#isFull,
      over: this.#over.signal,
      signal: AbortSignal.any([this.#over.signal, ports.stopping]),
    };
    this.#lanes = new Map(generation.partitions.map((partition) => [partition, new Lane(partition, lanePorts)]));
  }

  get partitions(): readonly number[] {
    return this.#generation.partitions;
  }

  accept(partition: number, fetched: Fetched): void {
    this.#lanes.get(partition)?.accept(fetched);
  }

  skip(partition: number, { first, last, end }: { first: bigint; last: bigint; end: bigint }): void {
    this.#lanes.get(partition)?.skip(first, last, end);
  }

  outOfRange(partition: number): void {
    this.#lanes.get(partition)?.outOfRange();
  }

  /** How much of each partition is not stored, whether anything is read of it or not. */
  async measure(): Promise<ReadonlyMap<number, Lag>> {
    const [ends, standings] = await Promise.all([this.#generation.logEnds(), this.#generation.standings()]);
    const lags = new Map<number, Lag>();
    for (const [partition, lane] of this.#lanes) {
      const log = ends.get(partition);
      const standing = standings.get(partition);
      if (!log || !standing || this.#over.signal.aborted) continue;
      lags.set(partition, lane.measure(log, standing));
      // Asked after the end: an id never comes back, so the end is that log's. Who does not answer is heard of in storing.
      const knowEnd = (logId: string | undefined) => lane.knowEnd(logId, log.high);
      void this.#generation.topicId(partition).then(knowEnd, () => undefined);
    }
    // Other topics may have given room back, of which nobody tells.
    this.#plan();
    return lags;
  }

  /** The partitions may be another's from now on. */
  end(): void {
    this.#over.abort(new Error("The group is joined anew"));
    this.#ports.room.hold(this.#ports.groupId, 0);
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }

  #plan(): void {
    if (this.#over.signal.aborted) return;
    const lanes = [...this.#lanes.values()];
    const { room, groupId, fetchLimits } = this.#ports;
    const { fetched, turns, isFull, heldBytes } = fetchTurns(
      lanes.map((lane) => lane.fetchable),
      this.#turns,
      { ...fetchLimits, roomBytes: room.leftFor(groupId) },
    );
    room.hold(groupId, heldBytes);
    const before = this.#fetched;
    this.#fetched = fetched;
    this.#turns = turns;
    this.#isFull = isFull;
    const paused = [...before].filter((partition) => !fetched.has(partition));
    const resumed = [...fetched].filter((partition) => !before.has(partition));
    if (paused.length > 0) this.#ports.pause(paused);
    if (resumed.length > 0) this.#ports.resume(resumed);
    if (isFull) for (const lane of lanes) lane.kick();
  }
}
