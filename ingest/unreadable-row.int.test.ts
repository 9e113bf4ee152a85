import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", { ...stack.env, INGEST_UNREADABLE_MS: "3000" });
  // Any other payload is refused as UNKNOWN_ELEMENT_OF_ENUM, of which ingest does not know. No view reads the column.
  await stack.store.command({
    query: `ALTER TABLE saga_events MODIFY COLUMN payload Enum8('' = 0, '{"is":"known"}' = 1)`,
  });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

const saying = (id: string, payload?: object) => ({
  value: JSON.stringify(event({ id, data: { step: "charge-payment", ...(payload ? { payload } : {}) } })),
});
const known = { is: "known" };

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

for (const { name, sound, odd, payload } of [
  { name: "few", sound: 20, odd: 1, payload: known },
  { name: "some", sound: 200, odd: 3, payload: known },
  { name: "many", sound: 3_000, odd: 2, payload: known },
  { name: "apart", sound: 3_000, odd: 1, payload: undefined },
  { name: "alone", sound: 0, odd: 1, payload: known },
])
  test(`${odd} among ${sound} that the store cannot read die after a while, and the others are stored once`, {
    timeout: 120_000,
  }, async () => {
    const messages = Array.from({ length: sound }, (_, index) => saying(`${name}-${index}`, payload));
    for (let index = 0; index < odd; index += 1)
      messages.splice((index * 7) % (messages.length + 1), 0, saying(`${name}-odd-${index}`, { is: "unknown" }));
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
  await send([saying("viewed-1"), saying("viewed-2")]);
  await sleep(12_000);
  assert.equal((await told("viewed")).dead, "");
  assert.equal(await stack.isRead(), false);
  await stack.store.command({ query: "DROP VIEW picky" });
  await isRead();
  assert.deepEqual(await told("viewed"), { rows: "2", offsets: "2", dead: "" });
});
