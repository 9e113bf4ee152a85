import { parseArgs } from "node:util";
import type { Endpoints } from "#contracts/endpoints.ts";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import { flattenedRows } from "./flattened-rows.ts";
import { onFreshStack } from "./fresh-stack.ts";
import { reportIngest } from "./ingest-report.ts";
import { type Run, runContender } from "./ingest-run.ts";
import { type MadeSignal, madeRequests, otlpJson } from "./made-telemetry.ts";
import { connectProducer, createTopic } from "./made-topic.ts";
import {
  columnList,
  type OtlpContender,
  otlpContenders,
  telemetryTables,
  type WrittenAs,
  writtenAs,
} from "./otlp-contenders.ts";

const partitions = 4;

interface Wanted {
  readonly records: number;
  readonly rounds: number;
  /** Parts of contenders' names. */
  readonly only: readonly string[];
}

/**
 * The same spans, then the same log records, into the same tables and views: by ingest from both encodings of OTLP, and by
 * ClickHouse's own Kafka engine from rows that somebody flattened for it; round after round. Flags: `--records`,
 * `--rounds`, `--signals traces,logs`, `--only otlp_proto,engine` (parts of names).
 */
export async function benchOtlp(args: readonly string[]): Promise<void> {
  const { signals, ...wanted } = flagsOf(args);
  await onFreshStack("kafka,clickhouse,postgres", async (endpoints) => {
    for (const signal of signals) await race(signal, endpoints, wanted);
  });
}

function flagsOf(args: readonly string[]): Wanted & { readonly signals: readonly MadeSignal[] } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: "string", default: "800000" },
      rounds: { type: "string", default: "5" },
      signals: { type: "string", default: "traces,logs" },
      only: { type: "string", default: "" },
    },
  });
  return {
    records: Number(values.records),
    rounds: Number(values.rounds),
    signals: (["traces", "logs"] as const).filter((signal) => values.signals.includes(signal)),
    only: values.only.split(","),
  };
}

async function race(signal: MadeSignal, endpoints: Endpoints, { records, rounds, only }: Wanted): Promise<void> {
  const bytes = await fill(signal, endpoints, records);
  const sizes = writtenAs.map((written) => `${Math.round(bytes[written] / records)} in ${written}`);
  console.log(`${records} records of ${signal}, each of bytes: ${sizes.join(", ")}; from start to last row`);
  const chosen = otlpContenders(signal).filter(({ name }) => only.some((part) => name.includes(part)));
  const runs = new Map<OtlpContender, Run[]>(chosen.map((contender) => [contender, []]));
  const goal = {
    table: telemetryTables[signal],
    rows: records,
    distinctBy: "TraceId, SpanId",
    columns: columnList(signal),
  };
  for (let round = 0; round < rounds; round++)
    for (const [contender, done] of runs) {
      const name = `bench_${signal}_${round}_${chosen.indexOf(contender)}`;
      const topic = topicOf(signal, contender.reads);
      const run = await runContender(contender, endpoints, { topic, partitions, goal, name });
      done.push(run);
      console.log(`  round ${round + 1}  ${contender.name}: ${Math.round(run.rowsPerSecond / 1000)}k rows/s`);
    }
  report(runs);
}

/** For each of ours beside the peers. */
function report(runs: ReadonlyMap<OtlpContender, readonly Run[]>): void {
  const isOurs = ({ reads }: OtlpContender) => reads !== "rows";
  for (const ours of [...runs.keys()].filter(isOurs))
    reportIngest(new Map([...runs].filter(([contender]) => contender === ours || !isOurs(contender))), ours);
  const contents = new Set([...runs.values()].flat().map((run) => run.contents));
  console.log(contents.size === 1 ? "All stored the same." : "NOT all stored the same.");
}

const topicOf = (signal: MadeSignal, written: WrittenAs) => `bench.${signal}.${written}`;

/** Makes a topic of each way to write the same records; the bytes of each. */
async function fill(
  signal: MadeSignal,
  { kafka }: Endpoints,
  count: number,
): Promise<Readonly<Record<WrittenAs, number>>> {
  for (const written of writtenAs) await createTopic(kafka, topicOf(signal, written), partitions);
  const producer = await connectProducer(kafka);
  const bytes = { otlp_proto: 0, otlp_json: 0, rows: 0 };
  for (const request of madeRequests(signal, { count, beganMs: Date.now() - 3_600_000 })) {
    const values = {
      otlp_proto: Buffer.from(encodeProtobuf(signal, request)),
      otlp_json: Buffer.from(otlpJson(request)),
      rows: Buffer.from(flattenedRows(signal, request)),
    };
    for (const written of writtenAs) {
      bytes[written] += values[written].length;
      await producer.send({ topic: topicOf(signal, written), messages: [{ value: values[written] }] });
    }
  }
  await producer.disconnect();
  return bytes;
}
