import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { z } from "zod";
import { onFreshStack } from "#bench/fresh-stack.ts";
import { connectProducer, sendMade } from "#bench/made-topic.ts";
import { numberFlags } from "#bench/number-flags.ts";
import { percentile } from "#bench/percentiles.ts";
import { usageByPart } from "#bench/process-usage.ts";
import type { Endpoints } from "#contracts/endpoints.ts";
import { topics } from "#contracts/topics.ts";
import { type Call, calls, type Pick } from "./calls.ts";
import { daysOf, insertEvents, insertLogs, insertSpans, type Past } from "./made-past.ts";
import { rawQuestions } from "./raw-questions.ts";

const days = 30;
const engine = { CLICKHOUSE_MEMORY_MB: "6000", CLICKHOUSE_QUERY_MEMORY_MB: "4000" };
const viewedForMs = 20_000;

/**
 * Makes a store of many sagas over 30 days, each with its events, five spans and two log lines, and measures the API on it
 * while ingest takes live events; beside it the same questions asked of the events alone. Flags: `--sagas 1000000`,
 * `--calls 200` of each kind, `--rate 1000` live events a second.
 */
export async function benchStore(flags: readonly string[]): Promise<void> {
  const { sagas, calls: each, rate } = numberFlags(flags, { sagas: 1_000_000, calls: 200, rate: 1000 });
  const measureAll = async (endpoints: Endpoints) => {
    const client = createClient({
      url: endpoints.clickhouse,
      request_timeout: 900_000,
      log: { level: ClickHouseLogLevel.OFF },
    });
    const live = await startLive(endpoints.kafka, rate);
    try {
      await fill(client, { count: sagas, days, endMs: Date.now() });
      await untilListed(client);
      const picks = await pickSagas(client, each);
      console.log(`${"call".padEnd(46)}    p50    p95    p99  bar p95      rows read     KB read`);
      for (const call of calls) await measure(call, { endpoints, picks, each });
      await viewers(endpoints);
      console.log("The same of the events alone:");
      for (const question of rawQuestions) await raw(client, question);
    } finally {
      await live.stop();
      await client.close();
    }
  };
  await onFreshStack("kafka,clickhouse,postgres,migrate,ingest,web", measureAll, engine);
}

async function fill(client: ClickHouseClient, past: Past): Promise<void> {
  const beganMs = performance.now();
  const clickhouse_settings = { max_threads: 2, max_insert_threads: "2" } as const;
  for (const stretch of daysOf(past)) {
    for (const insert of [insertEvents, insertSpans, insertLogs]) {
      await client.command({ query: insert(past, stretch), clickhouse_settings });
    }
  }
  const madeMs = performance.now();
  // As the tables' own settings have it for parts that are a day old.
  for (const table of ["saga_events", "sagas", "saga_steps"]) {
    const partitions = await ask(
      client,
      `SELECT DISTINCT partition FROM system.parts WHERE active AND database = currentDatabase() AND table = '${table}' AND partition < toString(yesterday())`,
      z.object({ partition: z.string() }),
    );
    for (const { partition } of partitions) {
      await client.command({ query: `OPTIMIZE TABLE ${table} PARTITION '${partition}' FINAL` });
    }
  }
  const tookS = (ms: number) => `${Math.round(ms / 1000)} s`;
  console.log(`made in ${tookS(madeMs - beganMs)}, days past merged in ${tookS(performance.now() - madeMs)}`);
  for (const { name, rows, bytes, parts } of await ask(client, sizes, Size)) {
    console.log(
      `  ${name.padEnd(26)} ${rows.toLocaleString("en").padStart(12)} rows ${(bytes / 1e6).toFixed(0).padStart(7)} MB in ${parts} parts`,
    );
  }
}

/** Lists are worked out behind the inserts, and past hours counted; until then questions are answered, but cost more. */
async function untilListed(client: ClickHouseClient): Promise<void> {
  const beganMs = performance.now();
  const query = `SELECT toFloat64(count()) AS waiting FROM saga_changes WHERE at >= (SELECT max(upto) FROM saga_listed)
    AND at < now64(3) - toIntervalSecond(15)`;
  const uncounted = `SELECT toFloat64(count()) AS waiting FROM (SELECT DISTINCT toStartOfHour(started) AS hour FROM saga_list)
    WHERE hour < toStartOfHour(now() - 3600) AND hour NOT IN (SELECT hour FROM saga_counts FINAL WHERE holds AND notEmpty(saga_version))
    UNION ALL SELECT toFloat64(count()) FROM (SELECT DISTINCT toStartOfFifteenMinutes(started) AS quarter FROM saga_list)
    WHERE quarter < toStartOfHour(now() - 3600) AND quarter NOT IN (SELECT quarter FROM saga_quarters FINAL WHERE holds)`;
  for (const [what, question] of [
    ["listed", query],
    ["counted", uncounted],
  ] as const) {
    while ((await ask(client, question, z.object({ waiting: z.number() }))).some(({ waiting }) => waiting > 0))
      await sleep(1000);
    console.log(`all ${what} ${Math.round((performance.now() - beganMs) / 1000)} s later`);
  }
}

const Size = z.object({ name: z.string(), rows: z.number(), bytes: z.number(), parts: z.number() });
const sizes = `SELECT table AS name, toFloat64(sum(rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes, toFloat64(count()) AS parts FROM system.parts
  WHERE active AND database = currentDatabase() GROUP BY table HAVING rows > 1000 ORDER BY rows DESC`;

const Picked = z.object({ id: z.string(), type: z.string(), orderId: z.string(), customerId: z.string() });

async function pickSagas(client: ClickHouseClient, count: number): Promise<Pick[]> {
  const query = `SELECT saga_id AS id, saga_type AS type, labels['orderId'] AS orderId, labels['customerId'] AS customerId
    FROM saga_events WHERE event_type = 'saga.started' AND _topic = 'made' ORDER BY sipHash64(event_id) LIMIT ${count}`;
  return await ask(client, query, Picked);
}

interface Measuring {
  readonly endpoints: Endpoints;
  readonly picks: readonly Pick[];
  readonly each: number;
}

const Answer = z.object({ rowsRead: z.number(), bytesRead: z.number() });
const Page = z.object({ next: z.string().nullable() });

async function askApi({ web, token }: Endpoints, path: string): Promise<unknown> {
  const answer = await fetch(`${web}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

const rowsOfPage = 50;
const mostRows = 500;

/** The same list after so many pages, paged through once for each path. */
async function pageAfter(
  endpoints: Endpoints,
  path: string,
  pages: number,
  found: Map<string, string>,
): Promise<string> {
  const known = found.get(path);
  if (known !== undefined) return known;
  let far = path;
  for (let rows = pages * rowsOfPage; rows > 0; rows -= mostRows) {
    const { next } = Page.parse(await askApi(endpoints, `${far}&limit=${Math.min(rows, mostRows)}`));
    if (next === null) throw new Error(`${path} has fewer than ${pages} pages: make more sagas`);
    far = `${path}&cursor=${encodeURIComponent(next)}`;
  }
  found.set(path, far);
  return far;
}

async function measure(call: Call, { endpoints, picks, each }: Measuring): Promise<void> {
  const generator = xoroshiro128plus(7);
  const chance = () => (generator.next() >>> 0) / 2 ** 32;
  const tookMs: number[] = [];
  const rows: number[] = [];
  const kilobytes: number[] = [];
  const pages = new Map<string, string>();
  for (let turn = 0; turn < each; turn++) {
    const pick = picks[turn % picks.length];
    if (!pick) throw new Error("No saga was made");
    const first = call.path(pick, chance);
    const path = call.after === undefined ? first : await pageAfter(endpoints, first, call.after, pages);
    const beganMs = performance.now();
    const body = await askApi(endpoints, path);
    tookMs.push(performance.now() - beganMs);
    const { rowsRead, bytesRead } = Answer.parse(body);
    rows.push(rowsRead);
    kilobytes.push(bytesRead / 1000);
    // A call that is far beyond its bar has shown it in fewer.
    if (tookMs.reduce((sum, ms) => sum + ms, 0) > 60_000) break;
  }
  const at = (share: number) => percentile(tookMs, share).toFixed(0).padStart(6);
  const typical = (counts: readonly number[]) => Math.round(percentile(counts, 0.5)).toLocaleString("en").padStart(12);
  const verdict = percentile(tookMs, 0.95) <= call.barMs ? "" : "  OVER";
  console.log(
    `${call.name.padEnd(46)} ${at(0.5)} ${at(0.95)} ${at(0.99)}   ≤ ${String(call.barMs).padStart(3)}  ${typical(rows)}${typical(kilobytes)}${verdict} (n = ${tookMs.length})`,
  );
}

/** The server's CPU for 100 who look at the same page, against that for one. */
async function viewers(endpoints: Endpoints): Promise<void> {
  const cpuOf = async (count: number) => {
    const streams = new AbortController();
    const views = ["/api/v1/overview?range=24h", "/api/v1/sagas?range=1h"].map(
      (view) => `view=${encodeURIComponent(view)}`,
    );
    const looking = Array.from({ length: count }, async () => {
      const answer = await fetch(`${endpoints.web}/api/v1/stream?${views.join("&")}`, {
        headers: { authorization: `Bearer ${endpoints.token}` },
        signal: streams.signal,
      });
      for await (const chunk of answer.body ?? []) if (chunk.length === 0) break;
    });
    const ended = Promise.allSettled(looking);
    await sleep(5000);
    const used = () => {
      const usage = usageByPart(endpoints.processes);
      return (usage.get("web")?.cpuSeconds ?? 0) + (usage.get("clickhouse")?.cpuSeconds ?? 0);
    };
    const before = used();
    await sleep(viewedForMs);
    const cpu = used() - before;
    streams.abort();
    await ended;
    return cpu / (viewedForMs / 1000);
  };
  const none = await cpuOf(0);
  const one = await cpuOf(1);
  const hundred = await cpuOf(100);
  console.log(
    `web and store, of a core: ${none.toFixed(2)} without a viewer, ${one.toFixed(2)} with 1, ${hundred.toFixed(2)} with 100: ${(hundred / one).toFixed(2)} × (bar ≤ 1.3 ×)`,
  );
}

async function raw(client: ClickHouseClient, { name, beside, query }: (typeof rawQuestions)[number]): Promise<void> {
  const tookMs: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const beganMs = performance.now();
    await (
      await client.query({ query, format: "JSONEachRow", clickhouse_settings: { max_memory_usage: "4000000000" } })
    ).text();
    tookMs.push(performance.now() - beganMs);
  }
  console.log(`  ${name.padEnd(44)} ${percentile(tookMs, 0.5).toFixed(0).padStart(6)} ms  beside: ${beside}`);
}

async function startLive(brokers: string, rate: number): Promise<{ stop(): Promise<void> }> {
  const producer = await connectProducer(brokers);
  const run = { topic: topics.sagaEvents, beganMs: Date.now(), garbage: 0 };
  let isOn = true;
  const sending = (async () => {
    for (let tick = 0; isOn && rate > 0; tick++) {
      const beganMs = performance.now();
      await sendMade(producer, { ...run, from: (tick * rate) / 4, count: rate / 4 });
      await sleep(Math.max(0, beganMs + 250 - performance.now()));
    }
  })();
  return {
    async stop() {
      isOn = false;
      await sending;
      await producer.disconnect();
    },
  };
}

async function ask<Row extends z.ZodType>(client: ClickHouseClient, query: string, row: Row): Promise<z.output<Row>[]> {
  return z.array(row).parse(await (await client.query({ query, format: "JSONEachRow" })).json());
}
