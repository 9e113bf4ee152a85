import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { claimDeliveries } from "#store/postgres/queries/claim-deliveries.ts";
import { changeRule, replayDelivery, testRule } from "./change-rule.ts";
import { deliverDue } from "./deliver.ts";
import { makeNewSecret, showSecret, signingSecrets } from "./signing-secret.ts";
import { type Bench, startBench, token } from "./testing/bench.ts";

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

const statuses = async (ruleId: string) =>
  (await bench.deliveriesOf(ruleId)).map(({ attempts }) => attempts.map(({ status }) => status));

test("tries again under the same id until the receiver takes it, each time later", async () => {
  const rule = await bench.firingRule();
  bench.receiver.answer = () => ({ status: 500 });
  assert.deepEqual(await bench.send(), ["retry"]);
  assert.deepEqual(await bench.send(), [], "not before its time");
  bench.pass(5_000);
  assert.deepEqual(await bench.send(), ["retry"]);
  bench.pass(5 * minuteMs - 1);
  assert.deepEqual(await bench.send(), []);
  bench.pass(1);
  bench.receiver.answer = () => ({ status: 204 });
  assert.deepEqual(await bench.send(), ["delivered"]);
  const { calls } = bench.receiver;
  assert.equal(new Set(calls.map(({ id }) => id)).size, 1);
  assert.ok(calls.every(({ signed }) => signed));
  assert.equal(new Set(calls.map(({ atMs }) => atMs)).size, 3, "each attempt is signed at its own time");
  assert.deepEqual(await statuses(rule.id), [[500, 500, 204]]);
});

test("comes back when the receiver asks for", async () => {
  await bench.firingRule();
  bench.receiver.answer = () => ({ status: 503, headers: { "retry-after": "3600" } });
  assert.deepEqual(await bench.send(), ["retry"]);
  bench.pass(hourMs - 1);
  assert.deepEqual(await bench.send(), []);
  bench.pass(1);
  assert.deepEqual(await bench.send(), ["retry"]);
});

test("a receiver that is gone, silent or elsewhere is written down as such, and tried again", async () => {
  const rule = await bench.firingRule();
  bench.receiver.answer = () => undefined;
  assert.deepEqual(await bench.send(), ["retry"]);
  bench.receiver.answer = () => ({ status: 302, headers: { location: bench.receiver.url } });
  bench.pass(hourMs);
  assert.deepEqual(await bench.send(), ["retry"]);
  await changeRule(bench.ports.pool, rule.id, {
    ...bench.around(),
    input: { ...rule, webhookUrl: "http://127.0.0.1:1/" },
  });
  assert.deepEqual(await bench.send(), ["retry"], "at once to the new address");
  const [delivery] = await bench.deliveriesOf(rule.id);
  const errors = delivery?.attempts.map(({ status, error }) => `${status}: ${error}`).join("\n") ?? "";
  assert.match(errors, /^null: No answer within 2 s\n302: Redirects are not followed\.\nnull: .*ECONNREFUSED/);
  assert.equal(bench.receiver.calls.length, 2, "the redirect was not followed");
});

test("a private address is not called unless allowed, whatever its name", async () => {
  const rule = await bench.firingRule();
  const byName = bench.receiver.url.replace("127.0.0.1", "localhost");
  const { ports } = bench;
  for (const webhookUrl of [bench.receiver.url, byName]) {
    await changeRule(ports.pool, rule.id, { ...bench.around(), input: { ...rule, webhookUrl } });
    bench.pass(24 * hourMs);
    const { sending } = await deliverDue({ ...ports, allowPrivate: false }, 10);
    assert.deepEqual(await Promise.all(sending), ["retry"]);
  }
  assert.equal(bench.receiver.calls.length, 0);
  const [delivery] = await bench.deliveriesOf(rule.id);
  for (const { error } of delivery?.attempts ?? [])
    assert.match(error ?? "", /no public address.*WEBHOOK_ALLOW_PRIVATE/);
});

test("410 ends a rule's calls, in words, until a test gets through", async () => {
  const rule = await bench.firingRule();
  bench.receiver.answer = () => ({ status: 410 });
  assert.deepEqual(await bench.send(), ["gone"]);
  assert.match((await bench.rule(rule.id))?.problem ?? "", /410 Gone/);
  bench.pass(hourMs);
  assert.deepEqual(await bench.look(), ["resolve"]);
  assert.deepEqual(await bench.send(), [], "nothing is sent any more");
  const [, resolved] = await bench.deliveriesOf(rule.id);
  assert.equal(resolved?.state, "failed");
  assert.match(resolved?.attempts[0]?.error ?? "", /^Not sent\. .*410/);
  bench.receiver.answer = () => ({ status: 204 });
  const { ports } = bench;
  await testRule(ports.pool, rule.id, bench.around());
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.equal((await bench.rule(rule.id))?.problem, null);
  assert.equal(bench.receiver.calls.at(-1)?.message.type, "alert.test");
});

test("what a process took and did not finish is sent by another, under the same id", async () => {
  const rule = await bench.firingRule();
  const [delivery] = await bench.deliveriesOf(rule.id);
  const { nowMs } = bench.clock;
  const died = await claimDeliveries(bench.ports.pool, {
    claim: randomUUID(),
    nowMs,
    untilMs: nowMs + 30_000,
    limit: 9,
  });
  assert.equal(died.length, 1);
  assert.deepEqual(await bench.send(), [], "not while its taker may live");
  bench.pass(30_000);
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.equal(bench.receiver.calls[0]?.id, delivery?.id);
  assert.deepEqual(await bench.look(), ["nothing"], "and it is not fired again");
});

test("a stop in the middle of a call keeps it for the next start", async () => {
  const rule = await bench.firingRule();
  const stopping = new AbortController();
  bench.receiver.answer = () => {
    stopping.abort();
    return undefined;
  };
  const { sending } = await deliverDue({ ...bench.ports, stop: stopping.signal }, 10);
  assert.deepEqual(await Promise.all(sending), ["stopped"]);
  bench.receiver.answer = () => ({ status: 204 });
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.equal(new Set(bench.receiver.calls.map(({ id }) => id)).size, 1);
  assert.deepEqual(await statuses(rule.id), [[null, 204]]);
});

test("a rule's messages go out in order, and a new one brings the waiting ones forward", async () => {
  await bench.firingRule();
  bench.receiver.answer = () => ({ status: 500 });
  await bench.send();
  bench.pass(5_000);
  await bench.send();
  bench.pass(2 * minuteMs);
  bench.receiver.answer = () => ({ status: 204 });
  assert.deepEqual(await bench.send(), [], "the first waits for five minutes");
  assert.deepEqual(await bench.look(), ["resolve"]);
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.deepEqual(await bench.send(), ["delivered"]);
  const types = bench.receiver.calls.slice(-2).map(({ message }) => message.type);
  assert.deepEqual(types, ["alert.firing", "alert.resolved"]);
});

test("what was given up is sent again by hand, under the same id", async () => {
  const rule = await bench.firingRule();
  bench.receiver.answer = () => ({ status: 500 });
  for (let attempt = 0; attempt < 10; attempt++) {
    await bench.send();
    bench.pass(25 * hourMs);
  }
  const [given] = await bench.deliveriesOf(rule.id);
  assert.equal(given?.state, "failed");
  assert.equal(given?.attempts.length, 10);
  bench.receiver.answer = () => ({ status: 204 });
  const again = await replayDelivery(bench.ports.pool, given?.id ?? "", bench.around());
  assert.equal(again.state, "pending");
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.equal(new Set(bench.receiver.calls.map(({ id }) => id)).size, 1);
});

test("a new secret signs beside the one before for a day, then alone", async () => {
  const { pool } = bench.ports;
  const { nowMs } = bench.clock;
  const before = await showSecret(pool, { token, nowMs });
  assert.equal(before.secret, bench.secret);
  const made = await makeNewSecret(pool, { token, nowMs });
  assert.notEqual(made.secret, before.secret);
  assert.deepEqual(await signingSecrets(pool, { token, nowMs }), [made.secret, before.secret]);
  await bench.firingRule();
  assert.deepEqual(await bench.send(), ["delivered"]);
  assert.ok(bench.receiver.calls[0]?.signed, "a receiver with the secret before accepts it");
  bench.pass(25 * hourMs);
  assert.deepEqual(await signingSecrets(pool, { token, nowMs: bench.clock.nowMs }), [made.secret]);
  const stored = await pool.query<{ sealed: string }>("SELECT sealed FROM webhook_secrets");
  for (const { sealed } of stored.rows) assert.ok(!sealed.includes(made.secret.slice(6)), "it is not stored as it is");
  await assert.rejects(signingSecrets(pool, { token: "another-token-altogether", nowMs }), { code: "CONFLICT" });
});
