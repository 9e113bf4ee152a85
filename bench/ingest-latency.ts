import { setTimeout as sleep } from "node:timers/promises";
import { topics } from "#contracts/topics.ts";
import { onFreshStack } from "./fresh-stack.ts";
import { connectProducer, sendMade } from "./made-topic.ts";
import { numberFlags } from "./number-flags.ts";
import { describe } from "./percentiles.ts";
import { peakResidentMb } from "./process-usage.ts";
import { type StoreAndWorker, storeAndWorker } from "./store-and-worker.ts";
import { visibleInStore } from "./visible.ts";

/**
 * Produced → queryable, live and while a backlog is caught up. Flags: `--rate 1000` events a second, `--seconds 60`,
 * `--backlog 1000000`.
 */
export async function benchIngestLatency(args: readonly string[]): Promise<void> {
  const { rate, seconds, backlog } = numberFlags(args, { rate: 1_000, seconds: 60, backlog: 1_000_000 });
  await onFreshStack("kafka,clickhouse,postgres,migrate", async (endpoints) => {
    const parts = storeAndWorker(endpoints);
    const live = async (what: string, bar = "") => {
      const { delaysMs, sent, tookMs } = await visibleInStore(parts, { rate, seconds });
      const perSecond = Math.round((sent / tookMs) * 1000);
      console.log(`${what}, ${perSecond} events/s: ${describe(delaysMs)}${bar}`);
    };
    const worker = parts.startWorker();
    await parts.untilStored(await warmUp(parts));
    await live("produced → queryable", "; bars p95 ≤ 700 ms, p99 ≤ 1 s");
    await worker.stop();
    await catchUp(parts, { backlog, live });
    await parts.close();
  });
}

interface CatchingUp {
  readonly backlog: number;
  readonly live: (what: string) => Promise<void>;
}

async function catchUp(parts: StoreAndWorker, { backlog, live }: CatchingUp): Promise<void> {
  const before = await parts.stored();
  await send(parts, { from: 1_000_000, count: backlog });
  const worker = parts.startWorker();
  const beganMs = performance.now();
  const caughtUp = parts.untilStored(before + backlog).then(() => {
    const seconds = (performance.now() - beganMs) / 1000;
    const perSecond = Math.round(backlog / seconds);
    console.log(`a backlog of ${backlog}, with live events besides: ${seconds.toFixed(1)} s, ${perSecond} a second`);
  });
  await Promise.all([caughtUp, live("produced → queryable behind the backlog")]);
  await live("produced → queryable after it");
  console.log(`worker's memory at most ${Math.round(peakResidentMb(worker.pid ?? 0))} MB; bar ≤ 300 MB`);
  await worker.stop();
}

/** The group's first join and the store's first insert are no part of what is measured. */
async function warmUp(parts: StoreAndWorker): Promise<number> {
  await send(parts, { from: 0, count: 1_000 });
  await sleep(1_000);
  return 1_000;
}

async function send({ brokers }: StoreAndWorker, run: { from: number; count: number }): Promise<void> {
  const producer = await connectProducer(brokers);
  await sendMade(producer, { ...run, topic: topics.sagaEvents, beganMs: Date.now() - 3_600_000, garbage: 0 });
  await producer.disconnect();
}
