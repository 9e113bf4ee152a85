import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", { ...stack.env, INGEST_UNREADABLE_MS: "3000" });
  // An operator knows that causes are UUIDs; what is none is refused as CANNOT_PARSE_UUID, of which ingest does not know.
  await stack.store.command({ query: "ALTER TABLE saga_events MODIFY COLUMN causation_id UUID" });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

const caused = (id: string, causationid: string) => ({ value: JSON.stringify(event({ id, causationid })) });

const send = (messages: { value: string }[]) => stack.producer.send({ topic: stack.topics.events, messages });

const isRead = () =>
  eventually(
    () => stack.isRead(),
    (is) => is,
  );

const told = (name: string) =>
  stack.ask(
    `SELECT count() AS rows, uniqExact(_offset) AS offsets,
       (SELECT arrayStringConcat(arraySort(groupArray(concat(reason, ' ', JSONExtractString(value, 'id')))), ', ')
        FROM dead_letters WHERE JSONExtractString(value, 'id') LIKE '${name}-%') AS dead
     FROM saga_events WHERE startsWith(event_id, '${name}-')`,
  );

for (const { name, sound, odd } of [
  { name: "few", sound: 20, odd: 1 },
  { name: "some", sound: 200, odd: 3 },
  { name: "many", sound: 3_000, odd: 2 },
  { name: "alone", sound: 0, odd: 1 },
])
  test(`${odd} among ${sound} that the store cannot read die after a while, and the others are stored once`, {
    timeout: 120_000,
  }, async () => {
    const messages = Array.from({ length: sound }, (_, index) => caused(`${name}-${index}`, randomUUID()));
    for (let index = 0; index < odd; index += 1)
      messages.splice((index * 7) % (messages.length + 1), 0, caused(`${name}-odd-${index}`, "no UUID"));
    await send(messages);
    await isRead();
    const dead = Array.from({ length: odd }, (_, index) => `store_refused ${name}-odd-${index}`).join(", ");
    assert.deepEqual(await told(name), { rows: `${sound}`, offsets: `${sound}`, dead });
  });

test("none dies of a view that fails, of whatever code, for as long as that takes", { timeout: 120_000 }, async () => {
  await stack.store.command({
    query:
      "CREATE TABLE own (cause UUID) ENGINE = MergeTree ORDER BY cause SETTINGS non_replicated_deduplication_window = 1000",
  });
  await stack.store.command({
    query: "CREATE MATERIALIZED VIEW picky TO own AS SELECT toUUID(event_id) AS cause FROM saga_events",
  });
  await send([caused("viewed-1", randomUUID()), caused("viewed-2", randomUUID())]);
  await sleep(12_000);
  assert.equal((await told("viewed")).dead, "");
  assert.equal(await stack.isRead(), false);
  await stack.store.command({ query: "DROP VIEW picky" });
  await isRead();
  assert.deepEqual(await told("viewed"), { rows: "2", offsets: "2", dead: "" });
});
