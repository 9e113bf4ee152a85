import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
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

const mapping = new URL("../docs/examples/order-topics.yaml", import.meta.url);
/** What each of its topics says of an order, and how many events its rules make of that. */
const mappedTopics: Readonly<Record<string, { readonly said: object; readonly events: number }>> = {
  order_events: { said: { amount: 99.99, lines: [1, 2, 3, 4].map((sku) => ({ sku, count: 1 })) }, events: 2 },
  payment_events: { said: { payment: { status: "authorized" } }, events: 1 },
  stock_events: { said: { warehouse: "eu-1", status: "reserved" }, events: 2 },
};
const note = "n".repeat(300);

/**
 * The worker's memory where all that it reads is behind at once: events, spans and log records in JSON, and topics of others that a
 * mapping makes events of. Flags: `--events 700000`, `--spans 300000`, `--logs 400000`, `--mapped 0` messages of each of three mapped
 * topics, `--partitions 4` of each topic.
 */
export async function benchBacklog(args: readonly string[]): Promise<void> {
  const flags = { events: 700_000, spans: 300_000, logs: 400_000, mapped: 0, partitions: 4 };
  const { events, spans, logs, mapped, partitions } = numberFlags(args, flags);
  const counts = { events, traces: spans, logs };
  await onFreshStack("kafka,clickhouse,postgres,migrate", async (endpoints) => {
    for (const topic of Object.values(names)) await createTopic(endpoints.kafka, topic, partitions);
    await fill(endpoints.kafka, counts);
    const madeByMapping = mapped > 0 ? await fillMapped(endpoints.kafka, { mapped, partitions }) : 0;
    const parts = storeAndWorker(endpoints, names.events);
    const beganMs = performance.now();
    const worker = parts.startWorker({
      OTLP_SPANS_TOPIC: names.traces,
      OTLP_LOGS_TOPIC: names.logs,
      OTLP_METRICS_TOPIC: "backlog.no.metrics",
      ...(mapped > 0 && { SAGASCOPE_MAPPING: fileURLToPath(mapping) }),
    });
    const pid = worker.pid ?? 0;
    await untilStored(parts, { ...counts, events: events + madeByMapping }, pid);
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

/** Answers how many events the mapping makes of it all. */
async function fillMapped(
  brokers: string,
  { mapped, partitions }: { mapped: number; partitions: number },
): Promise<number> {
  const producer = await connectProducer(brokers);
  let made = 0;
  for (const [topic, { said, events }] of Object.entries(mappedTopics)) {
    await createTopic(brokers, topic, partitions);
    for (let from = 0; from < mapped; from += sentTogether) {
      const ids = Array.from({ length: Math.min(sentTogether, mapped - from) }, (_, index) => from + index);
      const messages = ids.map((id) => ({ key: String(id), value: JSON.stringify({ order_id: id, ...said, note }) }));
      await producer.send({ topic, messages });
    }
    made += mapped * events;
  }
  await producer.disconnect();
  return made;
}

const sentTogether = 5_000;

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
    if (resident === 0) throw new Error("The worker has ended");
    if (kinds.every((kind, index) => (stored[index] ?? 0) >= counts[kind])) return;
    await sleep(lookEveryMs);
  }
}

const lookEveryMs = 500;
const reportEvery = 4;
