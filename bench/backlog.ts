import { setTimeout as sleep } from "node:timers/promises";
import { onFreshStack } from "./fresh-stack.ts";
import { madeRequests, otlpJson } from "./made-telemetry.ts";
import { connectProducer, createTopic, sendMade } from "./made-topic.ts";
import { numberFlags } from "./number-flags.ts";
import { telemetryTables } from "./otlp-contenders.ts";
import { peakResidentMb, usageByPart } from "./process-usage.ts";
import { type StoreAndWorker, storeAndWorker } from "./store-and-worker.ts";

const names = { events: "backlog.events", traces: "backlog.spans", logs: "backlog.logs" } as const;
const tables = { events: "saga_events", ...telemetryTables } as const;
const learningMs = 40_000;
type Counts = Readonly<Record<keyof typeof names, number>>;

/**
 * The worker's memory where all that it reads is behind at once: events, and spans and log records in JSON. Flags: `--events 700000`,
 * `--spans 300000`, `--logs 400000`, `--partitions 4` of each topic.
 */
export async function benchBacklog(args: readonly string[]): Promise<void> {
  const flags = { events: 700_000, spans: 300_000, logs: 400_000, partitions: 4 };
  const { events, spans, logs, partitions } = numberFlags(args, flags);
  const counts = { events, traces: spans, logs };
  await onFreshStack("kafka,clickhouse,postgres,migrate", async (endpoints) => {
    for (const topic of Object.values(names)) await createTopic(endpoints.kafka, topic, partitions);
    await fill(endpoints.kafka, counts);
    const parts = storeAndWorker(endpoints, names.events);
    const beganMs = performance.now();
    const worker = parts.startWorker({
      OTLP_SPANS_TOPIC: names.traces,
      OTLP_LOGS_TOPIC: names.logs,
      OTLP_METRICS_TOPIC: "backlog.no.metrics",
    });
    const pid = worker.pid ?? 0;
    await untilStored(parts, counts, pid);
    const seconds = (performance.now() - beganMs) / 1000;
    const peak = Math.round(peakResidentMb(pid));
    // What is learned of the sagas is worked out behind the inserts.
    for (let waitedMs = 0; waitedMs < learningMs; waitedMs += learningMs / 4) {
      await sleep(learningMs / 4);
      console.log(`worker ${Math.round(usageByPart({ worker: pid }).get("worker")?.residentMb ?? 0)} MB afterwards`);
    }
    const later = Math.round(peakResidentMb(pid));
    console.log(
      `all stored after ${seconds.toFixed(1)} s; worker at most ${peak} MB till then, ${later} MB in all; bar ≤ 300 MB`,
    );
    await worker.stop();
    await parts.close();
  });
}

async function fill(brokers: string, counts: Counts): Promise<void> {
  const producer = await connectProducer(brokers);
  const beganMs = Date.now() - 3_600_000;
  await sendMade(producer, { topic: names.events, from: 0, count: counts.events, beganMs, garbage: 0 });
  for (const signal of ["traces", "logs"] as const)
    for (const request of madeRequests(signal, { count: counts[signal], beganMs }))
      await producer.send({ topic: names[signal], messages: [{ value: Buffer.from(otlpJson(request)) }] });
  await producer.disconnect();
}

async function untilStored(parts: StoreAndWorker, counts: Counts, pid: number): Promise<void> {
  const kinds = Object.keys(names) as (keyof Counts)[];
  for (let look = 0; ; look++) {
    const stored = await Promise.all(kinds.map((kind) => parts.stored(tables[kind])));
    const resident = usageByPart({ worker: pid }).get("worker")?.residentMb ?? 0;
    if (look % reportEvery === 0)
      console.log(
        kinds.map((kind, index) => `${kind} ${stored[index]}`).join(", "),
        `worker ${Math.round(resident)} MB`,
      );
    if (kinds.every((kind, index) => (stored[index] ?? 0) >= counts[kind])) return;
    await sleep(lookEveryMs);
  }
}

const lookEveryMs = 500;
const reportEvery = 4;
