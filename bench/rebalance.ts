import { setTimeout as sleep } from "node:timers/promises";
import { onFreshStack } from "./fresh-stack.ts";
import { createTopic } from "./made-topic.ts";
import { numberFlags } from "./number-flags.ts";
import { describe, percentile } from "./percentiles.ts";
import { type StoreAndWorker, storeAndWorker } from "./store-and-worker.ts";
import { type Times, WatchedStream } from "./watched-stream.ts";

const topic = "bench.rebalance";
const workersAtFirst = 3;
const barMs = 3_000;

/**
 * How long each partition's events wait, and how long it stands still, while a worker leaves (SIGTERM) and another joins.
 * Flags: `--partitions 12`, `--rate 1000` events a second, `--rounds 10`, `--settle 12` seconds after each change.
 */
export async function benchRebalance(args: readonly string[]): Promise<void> {
  const defaults = { partitions: 12, rate: 1_000, rounds: 10, settle: 12 };
  const { partitions, rate, rounds, settle } = numberFlags(args, defaults);
  await onFreshStack("kafka,clickhouse,postgres,migrate", async (endpoints) => {
    await createTopic(endpoints.kafka, topic, partitions);
    const parts = storeAndWorker(endpoints, topic);
    const workers = Array.from({ length: workersAtFirst }, () => parts.startWorker());
    const stream = new WatchedStream(parts, { topic, partitions, rate });
    await stream.start();
    // The first joining and the store's first inserts are no part of what is measured.
    await sleep(2 * settle * 1000);
    const usual = await timesOf(settle, async () => undefined);
    const changes = await changeWorkers(parts, workers, { rounds, settle });
    const sent = await stream.stop();
    report("nobody leaves or joins", stream, [usual]);
    const left = report("a worker leaves", stream, changes.leaving);
    const joined = report("a worker joins", stream, changes.joining);
    const isHeld = Math.max(left, joined) <= barMs;
    console.log(`${sent} events sent, ${await parts.stored()} stored; bar p99 ≤ 3 s: ${isHeld ? "held" : "missed"}`);
    await Promise.all(workers.map((worker) => worker.stop()));
    await parts.close();
  });
}

type Worker = ReturnType<StoreAndWorker["startWorker"]>;

/** Lets the oldest worker leave and a new one join, again and again; when each was. */
async function changeWorkers(
  parts: StoreAndWorker,
  workers: Worker[],
  { rounds, settle }: { rounds: number; settle: number },
): Promise<{ leaving: Times[]; joining: Times[] }> {
  const leaving: Times[] = [];
  const joining: Times[] = [];
  for (let round = 0; round < rounds; round++) {
    leaving.push(await timesOf(settle, async () => await workers.shift()?.stop()));
    joining.push(await timesOf(settle, async () => void workers.push(parts.startWorker())));
  }
  return { leaving, joining };
}

/** From the change until it has settled. */
async function timesOf(settle: number, change: () => Promise<unknown>): Promise<Times> {
  const fromMs = performance.now();
  await change();
  await sleep(settle * 1000);
  return { fromMs, toMs: performance.now() };
}

/** Prints of all partitions the longest of each time; the p99 of produced → queryable. */
function report(what: string, stream: WatchedStream, times: readonly Times[]): number {
  const delaysMs = times.flatMap((each) => stream.longestDelays(each));
  console.log(`${what}: produced → queryable at most, by partition, ${describe(delaysMs)}`);
  console.log(
    `${what}: nothing new queryable for, by partition, ${describe(times.flatMap((each) => stream.longestStills(each)))}`,
  );
  return percentile(delaysMs, 0.99);
}
