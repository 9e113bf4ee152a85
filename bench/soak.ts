import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { topics } from "#contracts/topics.ts";
import { connectProducer, sendMade } from "./made-topic.ts";
import { percentile } from "./percentiles.ts";
import { peakResidentMb, usageByPart } from "./process-usage.ts";
import { startStack } from "./stack-process.ts";
import { storeAndWorker } from "./store-and-worker.ts";

/** The worker's memory under a steady load. Flags: `--minutes 10`, `--rate 5000` messages a second, `--garbage 0.01`. */
export async function benchSoak(args: readonly string[]): Promise<void> {
  const { minutes, rate, garbage } = flagsOf(args);
  const folder = mkdtempSync(join(tmpdir(), "sagascope-bench-"));
  const checkout = join(import.meta.dirname, "..");
  const stack = await startStack({ checkout, data: folder, flags: ["--only", "kafka,clickhouse,postgres,migrate"] });
  try {
    const parts = storeAndWorker(stack.endpoints());
    const producer = await connectProducer(parts.brokers);
    const worker = parts.startWorker();
    const held: number[] = [];
    const beganMs = performance.now();
    const run = { topic: topics.sagaEvents, count: rate, beganMs: Date.now(), garbage };
    let events = 0;
    for (let second = 1; second <= minutes * 60; second++) {
      events += (await sendMade(producer, { ...run, from: second * rate })).events;
      const memoryMb = usageByPart({ worker: worker.pid ?? 0 }).get("worker")?.residentMb ?? 0;
      held.push(memoryMb);
      if (second % 15 === 0)
        console.log(
          `${second} s  worker ${Math.round(memoryMb)} MB  ${events - (await parts.stored())} events not stored yet`,
        );
      await sleep(Math.max(0, beganMs + second * 1000 - performance.now()));
    }
    await parts.untilStored(events);
    const third = Math.ceil(held.length / 3);
    const [first, last] = [held.slice(third, 2 * third), held.slice(2 * third)].map((some) => percentile(some, 0.5));
    console.log(
      `${events} events, all stored; median in the second third ${Math.round(first ?? 0)} MB, in the last ${Math.round(last ?? 0)} MB, at most ${Math.round(peakResidentMb(worker.pid ?? 0))} MB; bar ≤ 300 MB, flat`,
    );
    await producer.disconnect();
    await worker.stop();
    await parts.close();
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function flagsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      rate: { type: "string", default: "5000" },
      garbage: { type: "string", default: "0.01" },
    },
  });
  return { minutes: Number(values.minutes), rate: Number(values.rate), garbage: Number(values.garbage) };
}
