import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Limits } from "#sagas/outlook/limits.ts";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { changeRule, removeRule, replayDelivery } from "./change-rule.ts";
import { checkDueRules, checkEveryMs } from "./check-rules.ts";
import { aSaga, type Bench, startBench } from "./testing/bench.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let bench: Bench;

before(
  async () => {
    bench = await startBench(process.env.SAGASCOPE_ENDPOINTS);
  },
  { timeout: 60_000 },
);
after(() => bench?.close());
beforeEach(() => bench.clear());

test("fires once at the threshold, resolves once under it, and says so to the receiver", async () => {
  const rule = await bench.addRule({ sagaType: bench.type, threshold: 2 });
  await bench.storeSagas([bench.failedSaga(1), bench.failedSaga(200)]);
  assert.deepEqual(await bench.look(), ["nothing"]);
  const second = bench.failedSaga(3);
  await bench.storeSagas([second]);
  assert.deepEqual(await bench.look(), ["fire"]);
  assert.deepEqual(await bench.look(), ["nothing"]);
  const firing = await bench.rule(rule.id);
  assert.equal(firing?.state, "firing");
  assert.equal(firing?.lastCount, 2);
  assert.deepEqual(await bench.send(), ["delivered"]);
  bench.pass(minuteMs);
  assert.deepEqual(await bench.look(), ["resolve"]);
  assert.deepEqual(await bench.look(), ["nothing"]);
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.deepEqual(await bench.send(), []);

  const { calls } = bench.receiver;
  assert.deepEqual(
    calls.map(({ signed, message }) => [signed, message.type, message.data.count]),
    [
      [true, "alert.firing", 2],
      [true, "alert.resolved", 0],
    ],
  );
  const told = calls[0]?.message.data;
  assert.match(told?.sentence ?? "", /^2 sagas of type-\S+ failed within 1 min \(threshold 2\)\.$/);
  assert.equal(told?.sagas.length, 2);
  assert.ok(told?.sagas.some(({ link }) => link === `http://127.0.0.1:3000/sagas/${second.id}`));
  assert.equal((await bench.rule(rule.id))?.state, "ok");
});

test("counts what came into the condition within the window and is in it still", async () => {
  const ended = (event: string) =>
    aSaga(bench.type, { startedSecondsAgo: 90_000, events: { "saga.compensation.started": 12, [event]: 10 } });
  const open = (deadlineSecondsAgo: number, events = {}) =>
    aSaga(bench.type, { startedSecondsAgo: 500, events, deadlineSecondsAgo });
  await bench.storeSagas([
    ...[ended("saga.compensated"), ended("saga.compensated"), ended("saga.failed"), ended("saga.completed")],
    aSaga(bench.type, { startedSecondsAgo: 50, events: { "saga.failed": 10, "saga.resolved": 5 } }),
    ...[open(20), open(30), open(40), open(-20), open(300), open(20, { "saga.completed": 10 })],
  ]);
  const counts: Record<string, number | null | undefined> = {};
  for (const condition of ["failed", "compensated", "overdue"] as const) {
    const rule = await bench.addRule({ sagaType: bench.type, condition, threshold: 100 });
    await bench.look();
    counts[condition] = (await bench.rule(rule.id))?.lastCount;
  }
  assert.deepEqual(counts, { failed: 1, compensated: 2, overdue: 3 });
});

test("an overdue saga that ends resolves the rule", async () => {
  const saga = aSaga(bench.type, { startedSecondsAgo: 100, events: {}, deadlineSecondsAgo: 5 });
  await bench.storeSagas([saga]);
  await bench.addRule({ sagaType: bench.type, condition: "overdue" });
  assert.deepEqual(await bench.look(), ["fire"]);
  await bench.storeSagas([{ ...saga, startedSecondsAgo: 102, deadlineSecondsAgo: 7, events: { "saga.completed": 0 } }]);
  assert.deepEqual(await bench.look(), ["resolve"]);
});

test("a saga without a deadline is overdue by what was learned, until it moves on", async () => {
  const place = { type: bench.type, version: "1", position: "started" };
  const limits = async () => new Limits([{ ...place, limitMs: 60_000, samples: 1_000 }]);
  const look = async () => {
    bench.pass(checkEveryMs);
    return await checkDueRules({ ...bench.ports, limits });
  };
  const waiting = (startedSecondsAgo: number) => aSaga(bench.type, { startedSecondsAgo, events: {} });
  const saga = waiting(65);
  await bench.storeSagas([saga, waiting(50), waiting(30_000)]);
  const rule = await bench.addRule({ sagaType: bench.type, condition: "overdue" });
  assert.deepEqual(await look(), ["fire"]);
  assert.equal((await bench.rule(rule.id))?.lastCount, 1);
  await bench.storeSagas([{ ...saga, startedSecondsAgo: 67, events: { "saga.step.started": 1 } }]);
  assert.deepEqual(await look(), ["resolve"]);
});

test("of two processes side by side one fires, and one sends", async () => {
  const rules = await Promise.all(Array.from({ length: 5 }, () => bench.addRule({ sagaType: bench.type })));
  await bench.storeSagas([bench.failedSaga(1)]);
  bench.pass(2_000);
  const looks = await Promise.all([checkDueRules(bench.ports), checkDueRules(bench.ports), checkDueRules(bench.ports)]);
  assert.deepEqual(
    looks.flat(),
    rules.map(() => "fire"),
  );
  const sent = await Promise.all([bench.send(), bench.send(), bench.send()]);
  assert.deepEqual(
    sent.flat(),
    rules.map(() => "delivered"),
  );
  assert.equal(bench.receiver.calls.length, rules.length);
});

test("a slower process that counted before does not undo what a faster one found after", async () => {
  const rule = await bench.firingRule();
  const late = { ...bench.ports, now: () => bench.clock.nowMs - 1_000 };
  await bench.ports.pool.query("UPDATE alert_rules SET next_check_at = '2000-01-01', threshold = 50");
  assert.deepEqual(await checkDueRules(late), ["outdated"]);
  assert.equal((await bench.rule(rule.id))?.state, "firing");
});

test("while ClickHouse is away a rule says so and neither fires nor resolves", async () => {
  const rule = await bench.firingRule();
  const nowhere = createStoreClient("http://127.0.0.1:1/none", { timeoutMs: 1_000 });
  bench.pass(2 * hourMs);
  assert.deepEqual(await checkDueRules({ ...bench.ports, store: nowhere }), ["problem"]);
  await nowhere.close();
  const away = await bench.rule(rule.id);
  assert.equal(away?.state, "firing");
  assert.match(away?.problem ?? "", /event store cannot be reached/);
  assert.deepEqual(await bench.look(), ["resolve"]);
  assert.equal((await bench.rule(rule.id))?.problem, null);
});

test("a firing rule that is switched off or deleted tells its receiver", async () => {
  const { pool } = bench.ports;
  const off = await bench.firingRule();
  await changeRule(pool, off.id, { ...bench.around(), input: { ...off, enabled: false } });
  assert.equal((await bench.rule(off.id))?.state, "ok");
  const gone = await bench.addRule({ sagaType: bench.type });
  assert.deepEqual(await bench.look(), ["fire"]);
  await removeRule(pool, gone.id, bench.around());
  assert.equal(await bench.rule(gone.id), undefined);
  while ((await bench.send()).length > 0);
  const told = bench.receiver.calls.map(({ message }) => [message.data.rule.id, message.data.sentence]);
  assert.match(told.filter(([id]) => id === off.id)[1]?.[1] ?? "", /switched off while it was firing/);
  assert.match(told.filter(([id]) => id === gone.id)[0]?.[1] ?? "", /deleted while it was firing/);
  await assert.rejects(removeRule(pool, gone.id, bench.around()), { code: "NOT_FOUND" });
  const [delivery] = await bench.deliveriesOf(gone.id);
  await assert.rejects(replayDelivery(pool, delivery?.id ?? "", bench.around()), { code: "CONFLICT" });
});
