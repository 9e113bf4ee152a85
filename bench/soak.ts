import { setTimeout as sleep } from "node:timers/promises";
import { topics } from "#contracts/topics.ts";
import { onFreshStack } from "./fresh-stack.ts";
import { connectProducer, sendMade } from "./made-topic.ts";
import { numberFlags } from "./number-flags.ts";
import { percentile } from "./percentiles.ts";
import { peakResidentMb, usageByPart } from "./process-usage.ts";
import { storeAndWorker } from "./store-and-worker.ts";

/** The worker's memory under a steady load. Flags: `--minutes 10`, `--rate 5000` messages a second, `--garbage 0.01`. */
export async function benchSoak(args: readonly string[]): Promise<void> {
  const { minutes, rate, garbage } = numberFlags(args, { minutes: 10, rate: 5_000, garbage: 0.01 });
  await onFreshStack("kafka,clickhouse,postgres,migrate", async (endpoints) => {
    const parts = storeAndWorker(endpoints);
    const producer = await connectProducer(parts.brokers);
    const worker = parts.startWorker();
    const memoryMb = () => usageByPart({ worker: worker.pid ?? 0 }).get("worker")?.residentMb ?? 0;
    const held: number[] = [];
    const beganMs = performance.now();
    const run = { topic: topics.sagaEvents, count: rate, beganMs: Date.now(), garbage };
    let events = 0;
    for (let second = 1; second <= minutes * 60; second++) {
      events += (await sendMade(producer, { ...run, from: second * rate })).events;
      held.push(memoryMb());
      if (second % reportEverySeconds === 0) {
        const behind = events - (await parts.stored());
        console.log(`${second} s  worker ${Math.round(memoryMb())} MB  ${behind} events not stored yet`);
      }
      await sleep(Math.max(0, beganMs + second * 1000 - performance.now()));
    }
    await parts.untilStored(events);
    console.log(`${events} events, all stored; worker's memory: ${inThirds(held)}`);
    console.log(`at most ${Math.round(peakResidentMb(worker.pid ?? 0))} MB; bar ≤ 300 MB, flat`);
    await producer.disconnect();
    await worker.stop();
    await parts.close();
  });
}

const reportEverySeconds = 15;

/** The medians of each third: a worker that leaks has them rise. */
function inThirds(values: readonly number[]): string {
  const third = Math.ceil(values.length / 3);
  const medians = [0, 1, 2].map((at) => percentile(values.slice(at * third, (at + 1) * third), 0.5));
  return `median ${medians.map((mb) => `${Math.round(mb)} MB`).join(", then ")}`;
}
