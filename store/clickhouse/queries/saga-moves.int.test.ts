import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { timelineOf } from "#sagas/timeline.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { completedSagas } from "./completed-sagas.ts";
import { all, made, msOf, storeMadeSagas, window } from "./made-sagas.ts";
import { sagaMoves } from "./saga-moves.ts";

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

test("a saga's moves are the attempts of its timeline, however many sagas are asked for", async () => {
  const some = made.slice(0, 40);
  const runs = await sagaMoves(asker(), some, 100);
  for (const [index, saga] of some.entries()) {
    const attempts = timelineOf(saga.events).flatMap((row) => [
      ...row.attempts.map((attempt) => ({ step: row.name, compensates: "", attempt })),
      ...(row.compensation?.attempts.map((attempt) => ({
        step: row.compensation?.name ?? "",
        compensates: row.name,
        attempt,
      })) ?? []),
    ]);
    const expected = attempts
      .map(({ step, compensates, attempt }) =>
        [step, compensates, attempt.attempt, attempt.outcome === "completed"].join(" "),
      )
      .sort();
    const moves = runs[index]?.moves ?? [];
    assert.equal(runs[index]?.id, saga.id);
    assert.deepEqual(
      moves.map((move) => [move.step, move.compensates, move.attempt, move.outcome === "completed"].join(" ")).sort(),
      expected,
    );
    assert.deepEqual(
      moves.map(({ atMs }) => atMs),
      moves.map(({ atMs }) => atMs).sort((a, b) => a - b),
    );
    for (const { attempt, step, compensates } of attempts) {
      if (attempt.startedAtMs === null) continue;
      const move = moves.find(
        (one) => one.step === step && one.compensates === compensates && one.attempt === attempt.attempt,
      );
      assert.ok(Math.abs((move?.atMs ?? 0) - (attempt.startedAtMs - msOf(saga.startedAt))) < 0.01);
    }
    assert.deepEqual((await sagaMoves(asker(), [saga], 100))[0], runs[index]);
    assert.equal((await sagaMoves(asker(), [saga], 2))[0]?.moves.length, Math.min(2, moves.length));
  }
});

test("completed sagas of a type and version, the same ones each time", async () => {
  const of = { type: "order-fulfilment", version: "3", window };
  const completed = all
    .filter(({ type, state }) => type === of.type && state === "completed")
    .map(({ id }) => id as string);
  assert.deepEqual((await completedSagas(asker(), of, 2000)).map(({ id }) => id).sort(), completed.sort());
  const some = await completedSagas(asker(), of, 20);
  assert.deepEqual(await completedSagas(asker(), of, 20), some);
  assert.equal(some.length, 20);
  assert.deepEqual(await completedSagas(asker(), { ...of, version: "9" }, 20), []);
});
