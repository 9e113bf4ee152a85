import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;
before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", { ...stack.env });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

const months = 2_400;
const all = months + 1;
const everything = `SELECT
  count() AS rows, uniqExact(event_id) AS ids, countIf(event_id = 'after') AS after,
  uniqExact(toYYYYMM(time)) AS months, uniqExact(toDate(saga_started)) AS days,
  toString(min(saga_started)) AS first, toString(max(saga_started)) AS last,
  (SELECT count() FROM dead_letters) AS dead, (SELECT count() FROM sagas FINAL) AS sagas,
  (SELECT sum(stored) FROM ingest_progress) AS progress
  FROM saga_events`;

test("sagas of a clock gone wild are all stored, and what follows them too", { timeout: 180_000 }, async () => {
  const messages = Array.from({ length: months }, (_, index) => {
    const wild = new Date(Date.UTC(2000, index, 3, 4, 5, 6)).toISOString();
    const value = JSON.stringify(
      event({ id: `wild-${index}`, correlationid: `wild-${index}`, time: wild, sagastarted: wild }),
    );
    return { key: "wild", value };
  });
  await stack.producer.send({ topic: stack.topics.events, messages });
  await stack.producer.send({
    topic: stack.topics.events,
    messages: [{ key: "after", value: JSON.stringify(event({ id: "after" })) }],
  });
  const whole = await eventually(
    () => stack.ask(everything),
    ({ sagas, progress }) => Number(sagas) >= all && Number(progress) >= all,
  );
  assert.deepEqual(whole, {
    rows: `${all}`,
    ids: `${all}`,
    after: "1",
    months: `${months}`,
    // Of 240 months, of what is dated before and after them, and of what followed.
    days: "243",
    first: "2020-01-01 00:00:00.000",
    last: "2039-12-31 23:59:59.999",
    dead: "0",
    sagas: `${all}`,
    progress: `${all}`,
  });
});
