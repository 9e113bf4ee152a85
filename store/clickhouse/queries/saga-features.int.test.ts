import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rankDifferences, type SetAndRest } from "#sagas/differences/rank-differences.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countSagas } from "./count-sagas.ts";
import { all, limits, noFilter, nowMs, sagas, storeMadeSagas, told } from "./made-sagas.ts";
import { countSetAndRest, sagaFeatures } from "./saga-features.ts";

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const whole: SetAndRest = { set: 1, rest: 1 };
const filter = { ...noFilter, states: ["compensated", "failed"] as const };
const isInSet = (id: string) => ["compensated", "failed"].includes(told.get(id)?.state ?? "");

test("the set and the rest are all sagas of the time", async () => {
  const set = all.filter(({ id }) => isInSet(id)).length;
  assert.deepEqual(await countSetAndRest(asker(), filter, nowMs), { set, rest: all.length - set });
});

test("the set of those that are overdue is the list of them, by learned limits too", async () => {
  const overdue = { ...noFilter, verdicts: ["overdue"] as const };
  const late = { nowMs, limits };
  const { total } = await countSagas(asker(), overdue, late);
  const { set } = await countSetAndRest(asker(), overdue, late);
  const { set: declared } = await countSetAndRest(asker(), overdue, nowMs);
  assert.ok(set > declared);
  assert.equal(set, total);
});

test("what the sagas bear, each once a saga, and no ids", async () => {
  const { lookedAt, features } = await sagaFeatures(asker(), filter, { oneIn: whole, late: nowMs });
  assert.equal(lookedAt.set + lookedAt.rest, all.length);
  const count = (has: (saga: (typeof sagas)[number]) => boolean): SetAndRest => {
    const own = sagas.filter(has);
    const set = own.filter(({ id }) => isInSet(id)).length;
    return { set, rest: own.length - set };
  };
  const bearing = (kind: string, value: string) =>
    features.find((feature) => feature.kind === kind && feature.value === value)?.bearing;
  assert.deepEqual(
    bearing("failedStep", "charge-payment"),
    count(({ events }) => events.some(({ type, step }) => type === "saga.step.failed" && step === "charge-payment")),
  );
  assert.deepEqual(
    bearing("service", "shipping"),
    count(({ events }) => events.some(({ source }) => source === "/services/shipping")),
  );
  assert.deepEqual(
    bearing("serviceVersion", "payments@v1.4.2"),
    count(({ events }) =>
      events.some(({ source, serviceVersion }) => source === "/services/payments" && serviceVersion === "v1.4.2"),
    ),
  );
  assert.deepEqual(
    bearing("error", "out_of_stock"),
    count(({ id }) => told.get(id)?.error?.code === "out_of_stock"),
  );
  assert.deepEqual(
    bearing("hour", "23"),
    count(({ startedAt }) => startedAt.slice(11, 13) === "23"),
  );
  assert.deepEqual(
    features.filter(({ kind }) => kind === "label"),
    [],
  );
});

test("the undone are told by the step that failed", async () => {
  const { lookedAt, features } = await sagaFeatures(asker(), filter, { oneIn: whole, late: nowMs });
  const differences = rankDifferences(features, { sagas: lookedAt, falseShare: 0.05 });
  assert.ok(differences.some(({ kind }) => kind === "failedStep"));
  assert.ok(differences.every(({ lift, q }) => lift > 1 && q <= 0.05));
});

test("a sample is the same each time, and about as large as it says", async () => {
  const oneIn = { set: 2, rest: 4 };
  const [one, other] = [1, 2].map(() => sagaFeatures(asker(), filter, { oneIn, late: nowMs }));
  assert.deepEqual(await one, await other);
  const total = await countSetAndRest(asker(), filter, nowMs);
  const { lookedAt } = (await one) ?? { lookedAt: { set: 0, rest: 0 } };
  assert.ok(Math.abs(lookedAt.set - total.set / 2) < 0.2 * total.set);
  assert.ok(Math.abs(lookedAt.rest - total.rest / 4) < 0.1 * total.rest);
});
