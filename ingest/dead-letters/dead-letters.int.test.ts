import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  endpoints,
  eventually,
  kafkaAt,
  openStack,
  type Part,
  startPart,
  type TestStack,
} from "#ingest/stack-for-tests.ts";
import { event } from "#ingest/testing.ts";
import { createSender } from "#lib/kafka-sender.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { recordReplays } from "#store/clickhouse/inserts/record-replays.ts";
import { deadMessages, replaysOf } from "#store/clickhouse/queries/dead-letter.ts";
import { countDeadLetters, findDeadLetter } from "#store/clickhouse/queries/dead-letters.ts";
import type { Edit } from "#store/dead-letters/edited-value.ts";
import { letterHolder } from "#store/dead-letters/hold-letters.ts";
import { replayById, replayPorts } from "#store/dead-letters/replay-by-id.ts";
import { createStatePool, type StatePool } from "#store/postgres/client.ts";
import { claimLetters } from "#store/postgres/queries/claim-letters.ts";

let stack: TestStack;
let worker: Part;
let state: StatePool;
const scratch = mkdtempSync(join(tmpdir(), "sagascope-letters-"));

before(async () => {
  const at = endpoints(process.env);
  stack = await openStack(at);
  state = createStatePool(at.postgres, { application: "test" });
  worker = await startPart("ingest/main.ts", { ...stack.env });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
  await state?.end();
  rmSync(scratch, { recursive: true });
});

const asker = () => createAsker(stack.store);
const letterOf = (id: string) => findDeadLetter(asker(), id, Date.now());

/** Runs the command line; what it printed, and its exit code. */
async function run(...args: string[]): Promise<{ out: string; code: number | null }> {
  const child = spawn(process.execPath, ["ingest/main.ts", "dead-letters", ...args], {
    cwd: join(import.meta.dirname, "..", ".."),
    env: { NODE_ENV: "test", ...stack.env, DATABASE_URL: state.options.connectionString },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (out += piece));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { out, code };
}

/** Produces a message that cannot be stored, and waits for its letter. */
async function die(value: string | Buffer | null, headers: Record<string, string | string[] | Buffer> = {}) {
  const [sent] = await stack.producer.send({
    topic: stack.topics.events,
    messages: [{ key: "order-1", value, headers }],
  });
  const id = `${sent?.topicName}:${sent?.partition}:${sent?.baseOffset}`;
  await eventually(
    () => letterOf(id),
    (letter) => letter?.state === "dead",
  );
  return id;
}

const stored = (id: string) =>
  eventually(
    () => stack.ask(`SELECT count() AS n, uniqExact(event_id) AS distinct FROM saga_events WHERE event_id = '${id}'`),
    ({ n }) => n !== "0",
  );

test("a letter that is mended and replayed is stored under the event's own id, its headers and key as they were", {
  timeout: 120_000,
}, async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x22]);
  const id = await die(JSON.stringify(event({ id: "mended", data: { step: 5 } })), { odd: bytes, twice: ["1", "2"] });
  const { out, code } = await run("replay", id, "--set", "data.step=charge-payment");
  assert.equal(code, 0, out);
  assert.match(out, /1 replayed, 0 not/);
  assert.deepEqual(await stored("mended"), { n: "1", distinct: "1" });
  const letter = await letterOf(id);
  assert.deepEqual([letter?.state, letter?.tries], ["replayed", 2]);
  const [replay] = await replaysOf(asker(), id, stack.topics.events);
  assert.deepEqual([replay?.stage, replay?.edited, replay?.sagaId], ["sent", true, "order-1"]);
  const again = await run("replay", id);
  assert.equal(again.code, 1);
  assert.match(again.out, /has not died again/);
});

test("a replay that dies again is the next try of the same letter, with all its headers", {
  timeout: 120_000,
}, async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x22]);
  const id = await die("not json", { odd: bytes, twice: ["1", "2"] });
  const { sentMs = "" } = await stack.ask(
    `SELECT toUnixTimestamp64Milli(message_time) AS sentMs FROM dead_letters WHERE letter = '${id}'`,
  );
  assert.equal((await run("replay", id)).code, 0);
  const letter = await eventually(
    () => letterOf(id),
    (one) => one?.tries === 2 && one.state === "dead",
  );
  assert.notEqual(`${letter?.topic}:${letter?.partition}:${letter?.offset}`, id);
  const [message] = await deadMessages(asker(), [id], { valueBytes: 1000 });
  assert.equal(String(message?.value), "not json");
  assert.equal(String(message?.key), "order-1");
  assert.deepEqual(
    message?.headers.map(({ name, value }) => [name, value?.toString("hex")]),
    [
      ["odd", bytes.toString("hex")],
      ["twice", Buffer.from("1").toString("hex")],
      ["twice", Buffer.from("2").toString("hex")],
      ["sagascope-replay-of", Buffer.from(id.replaceAll(":", "/")).toString("hex")],
      ["sagascope-replay-time", Buffer.from(sentMs).toString("hex")],
    ],
  );
  const file = join(scratch, "mended.json");
  writeFileSync(file, JSON.stringify(event({ id: "third-try" })));
  assert.equal((await run("replay", id, "--edit", file)).code, 0);
  await stored("third-try");
  assert.deepEqual([(await letterOf(id))?.state, (await letterOf(id))?.tries], ["replayed", 3]);
});

test("what a filter selects is replayed once, and what was replayed is not selected again", {
  timeout: 120_000,
}, async () => {
  const ids = await Promise.all(
    Array.from({ length: 7 }, (_, index) => die(JSON.stringify(event({ id: `many-${index}`, time: "yesterday" })))),
  );
  const dry = await run("replay", "--reason", "bad_time", "--set", "time=2026-01-02T03:04:05Z", "--dry-run");
  assert.equal(dry.out.match(/^would send/gm)?.length, 7);
  const args = ["replay", "--reason", "bad_time", "--set", "time=2026-01-02T03:04:05Z", "--rate", "3"];
  const first = await run(...args, "--limit", "3");
  assert.match(first.out, /3 replayed, 0 not/);
  assert.match((await run(...args)).out, /4 replayed, 0 not/);
  assert.match((await run(...args)).out, /0 replayed, 0 not/);
  await eventually(
    () => stack.ask("SELECT count() AS n FROM saga_events WHERE event_id LIKE 'many-%'"),
    ({ n }) => n === "7",
  );
  const { total, facets } = await countDeadLetters(
    asker(),
    { window: { fromMs: 0, toMs: Date.now() + 60_000 }, states: ["replayed"], reasons: ["bad_time"], topics: [] },
    Date.now(),
  );
  assert.deepEqual([total, facets.state.replayed], [ids.length, ids.length]);
});

test("a replay that was cut short says so, can be sent again, and counts once", { timeout: 120_000 }, async () => {
  const id = await die(JSON.stringify(event({ id: "cut-short", subject: 5 })));
  const [message] = await deadMessages(asker(), [id], { valueBytes: 1000 });
  // Sent by a process that died before it could say so.
  const value = JSON.stringify(event({ id: "cut-short" }));
  await recordReplays(stack.store, [
    {
      replay: "0193b3a0-0000-7000-8000-000000000000",
      letter: id,
      stage: "begun",
      atMs: Date.now() - 120_000,
      actor: "test",
      edited: Buffer.from(value),
      sagaId: "order-1",
      eventId: "cut-short",
    },
  ]);
  await stack.producer.send({
    topic: stack.topics.events,
    messages: [{ key: message?.key ?? null, value, headers: { "sagascope-replay-of": id.replaceAll(":", "/") } }],
  });
  await stored("cut-short");
  assert.equal((await letterOf(id))?.state, "interrupted");
  assert.equal((await run("replay", id, "--set", "subject=order/1")).code, 0);
  const twice = await eventually(
    () => stack.ask("SELECT count() AS n, uniqExact(event_id) AS ids FROM saga_events WHERE event_id = 'cut-short'"),
    ({ n }) => n === "2",
  );
  assert.deepEqual(twice, { n: "2", ids: "1" });
  assert.equal((await letterOf(id))?.state, "replayed");
});

test("of ten who replay a letter at the same time one does, and the others are told to look again", {
  timeout: 120_000,
}, async () => {
  const id = await die(JSON.stringify(event({ id: "at-once", data: { step: 5 } })));
  const kafka = kafkaAt(stack.kafka);
  const sender = createSender(kafka);
  const edit: Edit = { kind: "patch", patch: { data: { step: "pay" } } };
  const ports = replayPorts(stack.store, sender.send, "test");
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => replayById(id, edit, { asker: asker(), hold: letterHolder(state), ports })),
  );
  await sender.stop();
  const refusals = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  assert.deepEqual(
    refusals.map((error) => error.code),
    Array.from({ length: 9 }, () => "CONFLICT"),
  );
  await stored("at-once");
  assert.equal((await replaysOf(asker(), id, stack.topics.events)).length, 1);
  const { n } = await stack.ask("SELECT count() AS n FROM saga_events WHERE event_id = 'at-once'");
  assert.equal(n, "1");
});

test("a span that died beside others is mended and stored alone", { timeout: 120_000 }, async () => {
  const nanos = `${BigInt(Date.now()) * 1_000_000n}`;
  const span = (name: string, startTimeUnixNano: string) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    name,
    startTimeUnixNano,
  });
  const value = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: [span("good", nanos), span("bad", "5")] }] }],
  });
  const [sent] = await stack.producer.send({ topic: stack.topics.spans, messages: [{ value }] });
  const id = `${sent?.topicName}:${sent?.partition}:${sent?.baseOffset}:1`;
  const letter = await eventually(
    () => letterOf(id),
    (one) => one !== undefined,
  );
  const file = join(scratch, "span.json");
  writeFileSync(file, String(letter?.preview).replace('"5"', `"${nanos}"`));
  assert.equal((await run("replay", id, "--edit", file)).code, 0);
  const names = await eventually(
    () => stack.ask("SELECT arraySort(groupArray(SpanName)) AS names FROM otel_traces"),
    (found) => String(found.names).includes("bad"),
  );
  assert.equal(names.names, "bad,good");
  assert.equal((await letterOf(id))?.state, "replayed");
});

test("what a process that died was replaying is free after a while, and not before", { timeout: 30_000 }, async () => {
  const ids = ["a:0:1", "a:0:2"].map((id) => `${stack.topics.events}-${id}`);
  const [first = "", second = ""] = ids;
  assert.deepEqual(await claimLetters(state, [first], { claim: randomUUID(), seconds: 1 }), [first]);
  assert.deepEqual(await claimLetters(state, ids, { claim: randomUUID(), seconds: 0 }), [second]);
  const claim = await eventually(
    () => claimLetters(state, [first, first], { claim: randomUUID(), seconds: 0 }),
    (got) => got.length > 0,
    5_000,
  );
  assert.deepEqual(claim, [first]);
});

test("a tombstone stays one, and an empty value and key stay empty", { timeout: 120_000 }, async () => {
  const id = await die(null);
  await run("replay", id);
  await eventually(
    () => letterOf(id),
    (letter) => letter?.tries === 2 && letter.state === "dead",
  );
  const [tombstone] = await deadMessages(asker(), [id], { valueBytes: 10 });
  assert.deepEqual([tombstone?.value, String(tombstone?.key)], [null, "order-1"]);
  const [sent] = await stack.producer.send({ topic: stack.topics.events, messages: [{ value: "", partition: 2 }] });
  const empty = `${sent?.topicName}:${sent?.partition}:${sent?.baseOffset}`;
  await eventually(
    () => letterOf(empty),
    (letter) => letter !== undefined,
  );
  const [message] = await deadMessages(asker(), [empty], { valueBytes: 10 });
  assert.deepEqual([message?.value?.length, message?.key], [0, null]);
});

test("a Kafka that does not take it leaves the letter as it was, with the reason", { timeout: 120_000 }, async () => {
  const id = await die("refused");
  const nowhere = createSender(kafkaAt("127.0.0.1:1", { retries: 0 }));
  const ports = replayPorts(stack.store, nowhere.send, "test");
  await assert.rejects(replayById(id, { kind: "none" }, { asker: asker(), hold: letterHolder(state), ports }), {
    code: "KAFKA_REFUSED",
  });
  await nowhere.stop();
  assert.equal((await letterOf(id))?.state, "dead");
  const [replay] = await replaysOf(asker(), id, stack.topics.events);
  assert.equal(replay?.stage, "refused");
  assert.match(replay?.problem ?? "", /does not answer/);
});

test("lists, shows and exports", { timeout: 120_000 }, async () => {
  const id = await die(Buffer.from([0xff, 0x00]));
  assert.match((await run("list", "--reason", "bad_utf8")).out, new RegExp(`dead +bad_utf8 .*${id}`));
  const listed = (await run("list", "--reason", "bad_utf8", "--json")).out.trim().split("\n");
  assert.ok(listed.some((line) => JSON.parse(line).id === id));
  assert.match((await run("show", id)).out, /00000000 {2}ff 00/);
  const exported = (await run("export", "--reason", "bad_utf8")).out.trim().split("\n");
  assert.equal(JSON.parse(exported[0] ?? "").value, Buffer.from([0xff, 0x00]).toString("base64"));
  assert.equal((await run("show", `${stack.topics.events}:0:999999`)).code, 1);
});
