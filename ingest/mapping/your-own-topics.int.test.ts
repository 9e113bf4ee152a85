import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  createTopics,
  endpoints,
  eventually,
  kafkaAt,
  openStack,
  type Part,
  startPart,
  type TestStack,
} from "#ingest/stack-for-tests.ts";
import type { Admin } from "#lib/kafka.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { findSaga, foldedSaga } from "#store/clickhouse/queries/find-saga.ts";
import { listSagas } from "#store/clickhouse/queries/list-sagas.ts";
import { sagaEvents } from "#store/clickhouse/queries/saga-events.ts";
import { allWithin } from "#store/clickhouse/queries/saga-filter.ts";
import { spanRequest } from "./testing.ts";

const examples = join(import.meta.dirname, "../../docs/examples");
const at = endpoints(process.env);
const folder = await mkdtemp(join(tmpdir(), "sagascope-"));
const parts: Part[] = [];
let stack: TestStack;
let admin: Admin;

before(async () => {
  stack = await openStack(at);
  admin = kafkaAt(at.kafka).admin();
  await admin.connect();
});
after(async () => {
  for (const part of parts) await part.stop();
  await admin.deleteTopics({ topics: Object.values(topicsOf(stack)) }).catch(() => undefined);
  await admin.disconnect();
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(main: string, env: Record<string, string>): Promise<Part> {
  const part = await startPart(main, env);
  parts.push(part);
  return part;
}

/** The example's topics, as this stack calls them. */
const topicsOf = ({ env }: TestStack) => ({
  order_events: `${env.INGEST_GROUP}.order_events`,
  payment_events: `${env.INGEST_GROUP}.payment_events`,
  stock_events: `${env.INGEST_GROUP}.stock_events`,
});

/** The settings of ingest with an example of the docs, the names of its topics apart. */
async function withMapping(of: TestStack, example: string): Promise<Record<string, string>> {
  let text = await readFile(join(examples, example), "utf8");
  for (const [name, topic] of Object.entries(topicsOf(of))) text = text.replace(`topic: ${name}`, `topic: ${topic}`);
  const file = join(folder, `${of.env.INGEST_GROUP}-${example}`);
  await writeFile(file, text);
  return { ...of.env, SAGASCOPE_MAPPING: file };
}

/** What a plain producer writes: JSON under whatever key it likes. */
async function write(
  of: TestStack,
  name: keyof ReturnType<typeof topicsOf>,
  values: readonly unknown[],
  timestamp?: string,
): Promise<void> {
  const messages = values.map((value) => ({
    value: typeof value === "string" ? value : JSON.stringify(value),
    ...(timestamp === undefined ? {} : { timestamp }),
  }));
  await of.producer.send({ topic: topicsOf(of)[name], messages });
}

async function fold(of: TestStack, id: string) {
  const asker = createAsker(of.store);
  const saga = await findSaga(asker, id);
  return saga && (await foldedSaga(asker, saga, { late: Date.now() }));
}

const paid = (order_id: number) => ({ order_id, payment: { status: "authorized" } });

async function stateOf(id: string) {
  const saga = await fold(stack, id);
  return saga && { state: saga.state, verdicts: saga.verdicts, error: saga.error?.code, labels: saga.labels };
}

const run = promisify(execFile);

async function dryRun(env: Record<string, string>, ...flags: string[]): Promise<string> {
  const args = ["ingest/main.ts", "--dry-run", ...flags];
  const { stdout } = await run(process.execPath, args, {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...process.env, ...env },
  });
  return stdout;
}

test("a plain producer's topics become sagas, just as the dry run said", { timeout: 240_000 }, async () => {
  const env = await withMapping(stack, "order-topics.yaml");
  const { order_events, payment_events, stock_events } = topicsOf(stack);
  await createTopics(admin, [order_events, payment_events], 3);
  await write(
    stack,
    "order_events",
    [1, 2, 3, 4].map((order_id) => ({ order_id, amount: 99.99 })),
  );
  await write(stack, "payment_events", [
    { order_id: 1, payment: { status: "authorized" } },
    { order_id: 2, payment: { status: "declined", reason: "no_money" } },
    { order_id: 3, payment: { status: "authorized" } },
  ]);
  const worker = await start("ingest/main.ts", env);
  const ready = async () => (await fetch(`${worker.url}/readyz`)).status;
  await eventually(ready, (status) => status === 200);
  // Comes later than ingest, and is waited for.
  await createTopics(admin, [stock_events], 3);
  await write(stack, "stock_events", [
    { order_id: 1, warehouse: "eu-1", status: "reserved" },
    { order_id: 3, warehouse: "eu-1", status: "out_of_stock" },
    { warehouse: "eu-1", status: "counted" },
    "not json",
  ]);
  await write(stack, "payment_events", [
    { order_id: 3, payment: { status: "refunded" } },
    { order_id: 4, payment: { status: "on_hold" } },
    { payment: { status: "authorized" } },
  ]);
  await write(
    stack,
    "order_events",
    [2, 3].map((order_id) => ({ order_id, status: "cancelled" })),
  );
  const counts = `SELECT (SELECT count() FROM saga_events) AS rows, (SELECT uniqExact(event_id) FROM saga_events) AS ids,
    (SELECT count() FROM dead_letters) AS dead`;
  await eventually(
    () => stack.ask(counts),
    ({ rows, dead }) => Number(rows) >= 19 && Number(dead) >= 3,
  );
  assert.deepEqual(await stack.ask(counts), { rows: "19", ids: "19", dead: "3" });
  const labels = (id: number, more: Record<string, string> = {}) => ({ orderId: String(id), amount: "99.99", ...more });
  const none = { verdicts: [], error: undefined };
  assert.deepEqual(await stateOf("1"), { ...none, state: "completed", labels: labels(1, { warehouse: "eu-1" }) });
  assert.deepEqual(await stateOf("2"), { ...none, state: "compensated", error: "no_money", labels: labels(2) });
  assert.deepEqual(await stateOf("3"), {
    ...none,
    state: "compensated",
    error: "out_of_stock",
    labels: labels(3, { warehouse: "eu-1" }),
  });
  assert.deepEqual(await stateOf("4"), { ...none, state: "running", labels: labels(4) });
  const { reasons } = await stack.ask("SELECT arraySort(groupArray(toString(reason))) AS reasons FROM dead_letters");
  assert.equal(reasons, "bad_schema,no_mapping,not_json");
  const { ids, topics } = await stack.ask(
    "SELECT arraySort(groupArray(event_id)) AS ids, arraySort(groupUniqArray(toString(_topic))) AS topics FROM saga_events",
  );
  assert.equal(topics, Object.values(topicsOf(stack)).sort().join(","));
  const said = (await dryRun(env, "--from-offset", "earliest", "--json"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    said
      .flatMap(({ events }) => events.map(({ id }: { id: string }) => id))
      .sort()
      .join(","),
    ids,
  );
  assert.deepEqual(said.filter(({ outcome }) => outcome === "ignored").length, 1);
  const shown = await dryRun(env, "--from-offset", "latest-3", "--topic", payment_events);
  assert.match(shown, /dead letter, no_mapping: No rule for/);
  assert.match(shown, /dead letter, bad_schema: sagaId: there is no \$\.order_id/);
  assert.match(shown, /3 messages: 1 event of 1 saga, 0 ignored, dead letters: 1 bad_schema, 1 no_mapping\n$/);
  const metrics = await (await fetch(`${worker.url}/metrics`)).text();
  assert.match(metrics, new RegExp(`sagascope_ingest_ignored_total\\{topic="${stock_events}"\\} 1`));
});

test("backlogs of three topics: an order starts when it was placed, whichever topic is read first", {
  timeout: 240_000,
}, async () => {
  const own = await openStack(at);
  try {
    const env = await withMapping(own, "order-topics.yaml");
    await createTopics(admin, Object.values(topicsOf(own)), 3);
    const worker = await start("ingest/main.ts", env);
    const placedMs = Date.now() - 3_600_000;
    const told = [
      { name: "order_events", afterMs: 0, value: (order_id: number) => ({ order_id, amount: 1 }) },
      { name: "payment_events", afterMs: 30_000, value: paid },
      { name: "stock_events", afterMs: 75_000, value: (order_id: number) => ({ order_id, status: "reserved" }) },
    ] as const;
    const orders = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b, 3 - a - b]));
    let events = 0;
    // Each topic is read to its end before the next one has anything: the next order's topics come in another order.
    for (const [order_id, order] of orders.entries())
      for (const place of order) {
        const { name, afterMs, value } = told[place] ?? told[0];
        await write(own, name, [value(order_id)], String(placedMs + afterMs));
        events += name === "payment_events" ? 1 : 2;
        await eventually(
          () => own.ask("SELECT count() AS rows FROM saga_events"),
          ({ rows }) => rows === String(events),
        );
      }
    const asker = createAsker(own.store);
    const filter = allWithin({ fromMs: placedMs - 3_600_000, toMs: Date.now() });
    const order = { by: "started", direction: "desc" } as const;
    const rows = await listSagas(asker, filter, { order, cursor: undefined, limit: 100, late: Date.now() });
    assert.equal(rows.length, orders.length);
    for (const row of rows) {
      const { id, startedAt, durationMs, state } = row;
      const expected = { startedAt: new Date(placedMs).toISOString(), durationMs: 75_000, state: "completed" };
      assert.deepEqual({ startedAt, durationMs, state }, expected, `order ${id}: ${orders[Number(id)]}`);
      assert.deepEqual(await fold(own, id), row);
      assert.equal((await sagaEvents(asker, { id, limit: 100 }))?.saga.startedAt, expected.startedAt);
    }
    // What it is stored under is what was read first, and stays.
    const { places } = await own.ask(
      "SELECT arraySort(groupArray(toUnixTimestamp64Milli(started))) AS places FROM sagas FINAL",
    );
    assert.equal(places, [0, 0, 30_000, 30_000, 75_000, 75_000].map((afterMs) => placedMs + afterMs).join(","));
    await worker.stop();
  } finally {
    await admin.deleteTopics({ topics: Object.values(topicsOf(own)) }).catch(() => undefined);
    await own.close();
  }
});

test("spans that carry a saga's id become sagas beside their traces", { timeout: 120_000 }, async () => {
  const own = await openStack(at);
  try {
    const env = await withMapping(own, "spans.yaml");
    const worker = await start("ingest/main.ts", env);
    const collector = await start("collector/main.ts", { ...own.env });
    const span = (number: number, step: string, more: object = {}) => ({
      spanId: `b7ad6b716920333${number}`,
      attributes: { "saga.id": "trip-1", "saga.step": step, "order.id": 7 },
      startTimeUnixNano: `17640000${number}0123456789`,
      endTimeUnixNano: `17640000${number}5123456789`,
      ...more,
    });
    const failed = {
      status: { code: 2 },
      exceptions: [{ "exception.type": "OutOfStock", "exception.message": "none left" }],
    };
    const undo = {
      attributes: { "saga.id": "trip-1", "saga.step": "cancel-order", "saga.compensates": "place-order" },
    };
    const body = JSON.stringify(
      spanRequest([
        span(1, "place-order"),
        span(2, "reserve-stock", failed),
        span(3, "cancel-order", undo),
        { attributes: {} },
      ]),
    );
    // An exporter that got no answer sends the same again.
    for (const _ of [1, 2]) {
      const sent = await fetch(`${collector.url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      assert.equal(sent.status, 200);
    }
    const counts = `SELECT (SELECT count() FROM otel_traces) AS spans, (SELECT count() FROM saga_events) AS rows,
      (SELECT uniqExact(event_id) FROM saga_events) AS ids, (SELECT count() FROM dead_letters) AS dead`;
    await eventually(
      () => own.ask(counts),
      ({ spans, rows }) => spans === "8" && rows === "16",
    );
    assert.deepEqual(await own.ask(counts), { spans: "8", rows: "16", ids: "8", dead: "0" });
    const saga = await fold(own, "trip-1");
    assert.deepEqual(
      [saga?.state, saga?.type, saga?.labels, saga?.error?.code, saga?.verdicts],
      ["compensated", "order", { orderId: "7" }, "OutOfStock", []],
    );
    await Promise.all([worker.stop(), collector.stop()]);
  } finally {
    await own.close();
  }
});

test("two workers, one of them killed again and again: every event once, every saga in one place", {
  timeout: 300_000,
}, async () => {
  const own = await openStack(at);
  try {
    const env = await withMapping(own, "order-topics.yaml");
    await createTopics(admin, Object.values(topicsOf(own)), 3);
    let worker = await start("ingest/main.ts", env);
    const other = await start("ingest/main.ts", env);
    let orders = 0;
    for (let round = 0; round < 4; round += 1) {
      const ids = Array.from({ length: 1_500 }, () => orders++);
      await Promise.all([
        write(own, "order_events", [...ids.map((order_id) => ({ order_id, amount: 1 })), "garbage"]),
        write(
          own,
          "payment_events",
          ids.map((order_id) => ({ order_id, payment: { status: "authorized" } })),
        ),
        write(
          own,
          "stock_events",
          ids.map((order_id) => ({ order_id, status: "reserved" })),
        ),
      ]);
      await sleep(randomInt(1_500));
      await worker.kill();
      worker = await start("ingest/main.ts", env);
    }
    const counts = `SELECT (SELECT count() FROM saga_events) AS rows, (SELECT uniqExact(event_id) FROM saga_events) AS ids,
      (SELECT count() FROM sagas FINAL) AS sagas, (SELECT uniqExact(saga_id) FROM saga_events) AS sagaIds,
      (SELECT count() FROM dead_letters) AS dead`;
    await eventually(
      () => own.ask(counts),
      ({ rows, dead }) => Number(rows) >= orders * 5 && Number(dead) >= 4,
      200_000,
    );
    const once = { rows: `${orders * 5}`, ids: `${orders * 5}`, sagas: `${orders}`, sagaIds: `${orders}`, dead: "4" };
    assert.deepEqual(await own.ask(counts), once);
    await Promise.all([worker.stop(), other.stop()]);
  } finally {
    await admin.deleteTopics({ topics: Object.values(topicsOf(own)) }).catch(() => undefined);
    await own.close();
  }
});
