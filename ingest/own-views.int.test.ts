import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", stack.env);
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

const command = (query: string) => stack.store.command({ query });

async function refusalsByViews(): Promise<number> {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  return Number(/^sagascope_ingest_retries_total\{cause="view"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const stored = (name: string) =>
  stack.ask(
    `SELECT count() AS rows, uniqExact(_offset) AS offsets, (SELECT count() FROM dead_letters) AS dead
     FROM saga_events WHERE startsWith(event_id, '${name}-')`,
  );

for (const [name, count] of [
  ["few", 20],
  ["many", 3_000],
] as const)
  test(`a view of one's own that refuses ${name} rows holds them up; none is lost, doubled or dead`, {
    timeout: 120_000,
  }, async () => {
    await command(`CREATE TABLE own (number UInt32) ENGINE = MergeTree ORDER BY number
      SETTINGS non_replicated_deduplication_window = 100000`);
    await command("CREATE MATERIALIZED VIEW picky TO own AS SELECT toUInt32(event_id) AS number FROM saga_events");
    const messages = Array.from({ length: count }, (_, number) => ({
      value: JSON.stringify(event({ id: `${name}-${number}` })),
    }));
    const before = await refusalsByViews();
    await stack.producer.send({ topic: stack.topics.events, messages });
    await eventually(refusalsByViews, (refusals) => refusals > before + 1);
    await command("DROP VIEW picky");
    await command("DROP TABLE own");
    await eventually(
      () => stack.isRead(),
      (is) => is,
    );
    assert.deepEqual(await stored(name), { rows: `${count}`, offsets: `${count}`, dead: "0" });
  });
