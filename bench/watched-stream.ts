import { setTimeout as sleep } from "node:timers/promises";
import type { Producer } from "kafkajs";
import { cloudEventsContentType } from "#contracts/saga-event.ts";
import { madeEvent } from "./made-events.ts";
import { connectProducer } from "./made-topic.ts";
import type { StoreAndWorker } from "./store-and-worker.ts";

const tickMs = 50;
const pollMs = 100;

/** An event's place in the log, and when its send began. */
interface Sent {
  readonly partition: number;
  readonly offset: number;
  readonly sentMs: number;
}

/** A time in which nothing more of a partition could be queried. */
interface Still {
  readonly partition: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Stream {
  readonly topic: string;
  readonly partitions: number;
  /** Events a second, over all partitions alike. */
  readonly rate: number;
}

export interface Times {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A steady stream of events, and how long it took until they could be queried. Times are `performance.now()`. */
export class WatchedStream {
  readonly #parts: StoreAndWorker;
  readonly #stream: Stream;
  readonly #made = { beganMs: Date.now() };
  readonly #seen: (Sent & { delayMs: number })[] = [];
  readonly #sends = new Set<Promise<void>>();
  readonly #stills: Still[] = [];
  readonly #reached = new Map<number, { offset: number; atMs: number }>();
  #waiting: Sent[] = [];
  #isOn = true;
  #count = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: StoreAndWorker, stream: Stream) {
    this.#parts = parts;
    this.#stream = stream;
  }

  async start(): Promise<void> {
    const producer = await connectProducer(this.#parts.brokers);
    const sending = this.#sendAll(producer).finally(() => producer.disconnect());
    this.#running = Promise.all([sending, this.#watch()]);
  }

  /** Sends no more; resolves with how many events there were once all of them can be queried. */
  async stop(): Promise<number> {
    this.#isOn = false;
    await this.#running;
    return this.#count;
  }

  /** Of each partition the longest that an event took which was sent within this time. */
  longestDelays({ fromMs, toMs }: Times): number[] {
    const sent = this.#seen.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs);
    return this.#longest(sent.map(({ partition, delayMs }) => ({ partition, ms: delayMs })));
  }

  /** Of each partition the longest in which nothing more of it could be queried, begun or ended within this time. */
  longestStills({ fromMs, toMs }: Times): number[] {
    const stills = this.#stills.filter((still) => still.toMs >= fromMs && still.fromMs < toMs);
    return this.#longest(stills.map((still) => ({ partition: still.partition, ms: still.toMs - still.fromMs })));
  }

  #longest(each: readonly { partition: number; ms: number }[]): number[] {
    return Array.from({ length: this.#stream.partitions }, (_, at) =>
      Math.max(...each.filter(({ partition }) => partition === at).map(({ ms }) => ms)),
    );
  }

  async #sendAll(producer: Producer): Promise<void> {
    const beganMs = performance.now();
    for (let tick = 1; this.#isOn; tick++) {
      const due = Math.floor((this.#stream.rate * tick * tickMs) / 1000) - this.#count;
      const send = this.#send(producer, due).finally(() => this.#sends.delete(send));
      this.#sends.add(send);
      await sleep(Math.max(0, beganMs + tick * tickMs - performance.now()));
    }
    await Promise.all(this.#sends);
  }

  /** The first event of each partition is the one that is watched. */
  async #send(producer: Producer, count: number): Promise<void> {
    const { topic, partitions } = this.#stream;
    const from = this.#count;
    this.#count += count;
    const messages = Array.from({ length: count }, (_, index) => ({
      partition: (from + index) % partitions,
      value: JSON.stringify(madeEvent(from + index, this.#made)),
      headers: { "content-type": cloudEventsContentType },
    }));
    const sentMs = performance.now();
    for (const { partition, baseOffset } of await producer.send({ topic, messages })) {
      this.#waiting.push({ partition, offset: Number(baseOffset), sentMs });
    }
  }

  async #watch(): Promise<void> {
    while (this.#isOn || this.#sends.size > 0 || this.#waiting.length > 0) {
      const newest = await this.#parts.newestOffsets();
      const atMs = performance.now();
      for (const [partition, offset] of newest) this.#reach(partition, offset, atMs);
      const isStored = ({ partition, offset }: Sent) => (newest.get(partition) ?? -1) >= offset;
      for (const sent of this.#waiting.filter(isStored)) this.#seen.push({ ...sent, delayMs: atMs - sent.sentMs });
      this.#waiting = this.#waiting.filter((sent) => !isStored(sent));
      await sleep(pollMs);
    }
  }

  #reach(partition: number, offset: number, atMs: number): void {
    const before = this.#reached.get(partition);
    if (before && offset <= before.offset) return;
    if (before) this.#stills.push({ partition, fromMs: before.atMs, toMs: atMs });
    this.#reached.set(partition, { offset, atMs });
  }
}
