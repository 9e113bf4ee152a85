import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@clickhouse/client";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import type { Endpoints } from "#contracts/endpoints.ts";
import { type Contender, type Course, kafkaEngine, sagascope, usualWorker } from "./contenders.ts";
import { madeEvent } from "./made-events.ts";
import { percentile } from "./percentiles.ts";
import { usageByPart } from "./process-usage.ts";
import { startStack } from "./stack-process.ts";

const events = Number(process.env.BENCH_EVENTS ?? 400_000);
const partitions = 4;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const root = join(import.meta.dirname, "..");

const contenders: readonly Contender[] = [
  sagascope,
  kafkaEngine("JSONAsString, 1 consumer", {
    format: "JSONAsString",
    settings: { kafka_num_consumers: 1, kafka_max_block_size: 65_536 },
  }),
  kafkaEngine("JSONAsString, 2 consumers", {
    format: "JSONAsString",
    settings: { kafka_num_consumers: 2, kafka_thread_per_consumer: 1, kafka_max_block_size: 65_536 },
  }),
  kafkaEngine("JSONEachRow, 2 consumers", {
    format: "JSONEachRow",
    settings: { kafka_num_consumers: 2, kafka_thread_per_consumer: 1, kafka_max_block_size: 65_536 },
  }),
  usualWorker,
];

interface Run {
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: Readonly<Record<string, number>>;
  readonly workerMb: number;
}

/** The same topic into the same tables and views, contender after contender, `rounds` times over. */
export async function benchIngest(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sagascope-bench-"));
  const stack = await startStack({ checkout: root, data: folder, flags: ["--only", "kafka,clickhouse,postgres"] });
  try {
    const topic = "bench.saga.events";
    const bytes = await fill(stack.endpoints(), topic);
    console.log(
      `${events} saga events of ${Math.round(bytes / events)} bytes, ${partitions} partitions, from start to last row`,
    );
    const runs = new Map(contenders.map((contender) => [contender, [] as Run[]]));
    for (let round = 0; round < rounds; round++)
      for (const [contender, done] of runs) {
        const one = await run(contender, stack.endpoints(), { topic, round });
        done.push(one);
        console.log(`  round ${round + 1}  ${contender.name}: ${thousands(one.rowsPerSecond)} rows/s`);
      }
    report(runs);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill({ kafka: brokers }: Endpoints, topic: string): Promise<number> {
  const kafka = new Kafka({ clientId: "bench", brokers: brokers.split(","), logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions }] });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const beganMs = Date.now() - 3_600_000;
  let bytes = 0;
  for (let at = 0; at < events; at += 5_000) {
    const messages = Array.from({ length: Math.min(5_000, events - at) }, (_, index) => {
      const event = madeEvent(at + index, { beganMs });
      const value = JSON.stringify(event);
      bytes += value.length;
      return { key: event.correlationid, value, headers: { "content-type": "application/cloudevents+json" } };
    });
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
  return bytes;
}

async function run(
  contender: Contender,
  { kafka: brokers, clickhouse, postgres, processes }: Endpoints,
  { topic, round }: { topic: string; round: number },
): Promise<Run> {
  const name = `bench_${round}_${contenders.indexOf(contender)}`;
  const url = new URL(clickhouse);
  url.pathname = `/${name}`;
  execFileSync(process.execPath, [join(root, "store/migrate-main.ts")], {
    env: { ...process.env, CLICKHOUSE_URL: url.href, DATABASE_URL: postgres },
  });
  const client = createClient({ url: url.href });
  const course: Course = { brokers, topic, partitions, clickhouseUrl: url.href, client, name };
  const before = usageByPart(processes);
  const began = performance.now();
  const started = await contender.start(course);
  try {
    while ((await count(course)) < events) await sleep(50);
    const seconds = (performance.now() - began) / 1000;
    const worker = usageByPart(started.pid === undefined ? {} : { worker: started.pid });
    const after = usageByPart(processes);
    const spent = (part: string) =>
      (((after.get(part)?.cpuSeconds ?? 0) - (before.get(part)?.cpuSeconds ?? 0)) * 1e6) / events;
    return {
      rowsPerSecond: events / seconds,
      cpuMicrosPerRow: {
        worker: ((worker.get("worker")?.cpuSeconds ?? 0) * 1e6) / events,
        clickhouse: spent("clickhouse"),
        kafka: spent("kafka"),
      },
      workerMb: worker.get("worker")?.residentMb ?? 0,
    };
  } finally {
    await started.stop();
    await client.command({ query: `DROP DATABASE ${name}` });
    await client.close();
  }
}

async function count({ client }: Course): Promise<number> {
  const answer = await client.query({ query: "SELECT count() AS rows FROM saga_events", format: "JSONEachRow" });
  const [row] = await answer.json<{ rows: string }>();
  return Number(row?.rows ?? 0);
}

function report(runs: ReadonlyMap<Contender, readonly Run[]>): void {
  const rates = (of: readonly Run[]) => of.map((one) => one.rowsPerSecond);
  const median = (values: readonly number[]) => percentile(values, 0.5);
  const ours = median(rates(runs.get(sagascope) ?? []));
  for (const [{ name }, all] of runs) {
    const rate = median(rates(all));
    const spread = `${thousands(Math.min(...rates(all)))}–${thousands(Math.max(...rates(all)))}`;
    const cpu = ["worker", "clickhouse", "kafka"]
      .map((part) => `${part} ${median(all.map((one) => one.cpuMicrosPerRow[part] ?? 0)).toFixed(1)}`)
      .join(", ");
    console.log(
      `${name.padEnd(60)} ${`${thousands(rate)} rows/s (${spread})`.padEnd(32)} ours is ${(ours / rate).toFixed(2)} ×   CPU-µs a row: ${cpu}   worker ${Math.round(Math.max(...all.map((one) => one.workerMb)))} MB`,
    );
  }
}

const thousands = (value: number) => `${Math.round(value / 1000)}k`;
