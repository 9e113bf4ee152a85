import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import type { Endpoints } from "#contracts/endpoints.ts";
import type { Contender } from "./contenders.ts";
import { peakResidentMb, threadCpuSeconds, usageByPart } from "./process-usage.ts";

/** The stages that a row passes, each with the CPU (µs) that it took of it. */
export const stages = ["broker", "worker", "store insert", "store merges"] as const;

export interface Run {
  /** Of messages, from start to the last row. */
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: Readonly<Record<(typeof stages)[number], number>>;
  readonly workerMb: number;
  /** Rows, and messages that they come from: the same where each is stored once. */
  readonly rows: number;
  readonly distinct: number;
  readonly expected: number;
  /** The same where the same rows are stored. */
  readonly contents: string;
}

export interface Race {
  readonly topic: string;
  readonly partitions: number;
  readonly goal: Goal;
  /** Names the database and the group; unique to the run. */
  readonly name: string;
}

/** What has to be stored. */
export interface Goal {
  readonly table: string;
  readonly rows: number;
  /** What no two rows have in common. */
  readonly distinctBy: string;
  /** The columns that make its contents. */
  readonly columns: string;
}

const giveUpAfterS = 300;

/** Has a contender move the topic into a migrated database of its own. */
export async function runContender(contender: Contender, at: Endpoints, race: Race): Promise<Run> {
  const { topic, partitions, goal, name } = race;
  const url = new URL(at.clickhouse);
  url.pathname = `/${name}`;
  migrate(url.href, at.postgres);
  const client = createClient({ url: url.href });
  const expected = goal.rows;
  const used = cpuOf(at);
  const beganMs = performance.now();
  const { pid, stop } = await contender.start({
    brokers: at.kafka,
    topic,
    partitions,
    clickhouseUrl: url.href,
    client,
    name,
  });
  try {
    await untilStored(client, goal, contender.name);
    const seconds = (performance.now() - beganMs) / 1000;
    const worker = pid === undefined ? undefined : usageByPart({ worker: pid }).get("worker");
    const { broker, store, merges } = used();
    const micros = (cpuSeconds: number) => (cpuSeconds * 1e6) / expected;
    const counted = await counts(client, goal);
    return {
      rowsPerSecond: expected / seconds,
      cpuMicrosPerRow: {
        broker: micros(broker),
        worker: micros(worker?.cpuSeconds ?? 0),
        "store insert": micros(store - merges),
        "store merges": micros(merges),
      },
      workerMb: pid === undefined ? 0 : peakResidentMb(pid),
      ...counted,
      expected,
    };
  } finally {
    await stop();
    await client.command({ query: `DROP DATABASE ${name}` });
    await client.close();
  }
}

/** Migrates the databases at these URLs. */
export function migrate(clickhouse: string, postgres: string): void {
  execFileSync(process.execPath, [join(import.meta.dirname, "..", "store/migrate-main.ts")], {
    env: { ...process.env, CLICKHOUSE_URL: clickhouse, DATABASE_URL: postgres },
  });
}

/** Answers how much CPU (s) was used since. Merges run on threads of their own, so they can be told apart. */
function cpuOf({ processes }: Endpoints) {
  const read = () => {
    const usage = usageByPart(processes);
    return {
      broker: usage.get("kafka")?.cpuSeconds ?? 0,
      store: usage.get("clickhouse")?.cpuSeconds ?? 0,
      merges: threadCpuSeconds(processes.clickhouse ?? 0, "MergeMutate"),
    };
  };
  const before = read();
  return () => {
    const now = read();
    return { broker: now.broker - before.broker, store: now.store - before.store, merges: now.merges - before.merges };
  };
}

async function untilStored(client: ClickHouseClient, { table, rows: expected }: Goal, name: string): Promise<void> {
  const deadlineMs = performance.now() + giveUpAfterS * 1000;
  for (;;) {
    const [row] = await ask<{ rows: string }>(client, `SELECT count() AS rows FROM ${table}`);
    if (Number(row?.rows) >= expected) return;
    if (performance.now() > deadlineMs)
      throw new Error(`${name} stored ${row?.rows} of ${expected} rows in ${giveUpAfterS} s`);
    await sleep(50);
  }
}

async function counts(
  client: ClickHouseClient,
  { table, distinctBy, columns }: Goal,
): Promise<Pick<Run, "rows" | "distinct" | "contents">> {
  const contents = `toString(sum(cityHash64(${columns})))`;
  const query = `SELECT count() AS rows, uniqExact(${distinctBy}) AS distinct, ${contents} AS contents FROM ${table}`;
  const [row] = await ask<{ rows: string; distinct: string; contents: string }>(client, query);
  return { rows: Number(row?.rows), distinct: Number(row?.distinct), contents: String(row?.contents) };
}

async function ask<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  const answer = await client.query({ query, format: "JSONEachRow" });
  return await answer.json<Row>();
}
