import { parseArgs } from "node:util";
import { type Contender, kafkaEngine, sagascope, usualWorker } from "./contenders.ts";
import { onFreshStack } from "./fresh-stack.ts";
import { reportIngest } from "./ingest-report.ts";
import { type Run, runContender } from "./ingest-run.ts";
import { connectProducer, createTopic, sendMade } from "./made-topic.ts";

const partitions = 4;
const topic = "bench.saga.events";

const engineSettings = {
  kafka_max_block_size: 65_536,
  kafka_flush_interval_ms: 1_000,
  kafka_skip_broken_messages: 65_536,
};
const contenders: readonly Contender[] = [
  sagascope,
  kafkaEngine("JSONAsString, 1 consumer", {
    format: "JSONAsString",
    settings: { ...engineSettings, kafka_num_consumers: 1 },
  }),
  kafkaEngine("JSONAsString, 2 consumers", {
    format: "JSONAsString",
    settings: { ...engineSettings, kafka_num_consumers: 2, kafka_thread_per_consumer: 1 },
  }),
  kafkaEngine("JSONEachRow, 2 consumers", {
    format: "JSONEachRow",
    settings: { ...engineSettings, kafka_num_consumers: 2, kafka_thread_per_consumer: 1 },
  }),
  usualWorker,
];

/**
 * The same topic into the same tables and views, contender after contender, round after round. Flags: `--events`,
 * `--rounds`, `--garbage 0.01`, `--only Sagascope,JSONAsString` (parts of names), `--quick` (fewer of all).
 */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const { events, rounds, garbage, chosen } = flagsOf(args);
  await onFreshStack("kafka,clickhouse,postgres", async (endpoints) => {
    const { kafka } = endpoints;
    await createTopic(kafka, topic, partitions);
    const producer = await connectProducer(kafka);
    const beganMs = Date.now() - 3_600_000;
    const made = await sendMade(producer, { topic, from: 0, count: events, beganMs, garbage });
    await producer.disconnect();
    const of = `${events} messages of ${Math.round(made.bytes / events)} bytes, ${events - made.events} of them garbage`;
    console.log(`${of}, ${partitions} partitions, from start to last row`);
    const runs = new Map(chosen.map((contender) => [contender, [] as Run[]]));
    for (let round = 0; round < rounds; round++)
      for (const [contender, done] of runs) {
        const name = `bench_${round}_${contenders.indexOf(contender)}`;
        const rows = made.events + (contender.takesAnyJson ? made.wrongJson : 0);
        const goal = { table: "saga_events", rows, distinctBy: "_partition, _offset", columns: "event_id" };
        const run = await runContender(contender, endpoints, { topic, partitions, goal, name });
        done.push(run);
        console.log(`  round ${round + 1}  ${contender.name}: ${Math.round(run.rowsPerSecond / 1000)}k rows/s`);
      }
    reportIngest(runs, sagascope);
  });
}

function flagsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string" },
      rounds: { type: "string" },
      garbage: { type: "string", default: "0" },
      only: { type: "string", default: "" },
      quick: { type: "boolean", default: false },
    },
  });
  const names = values.only.split(",");
  return {
    events: Number(values.events ?? (values.quick ? 200_000 : 2_000_000)),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
    garbage: Number(values.garbage),
    chosen: contenders.filter(({ name }) => names.some((part) => name.includes(part))),
  };
}
