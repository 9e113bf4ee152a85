import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { sql } from "#lib/sql.ts";
import { eventsUntil, timeToMs } from "#sagas/distinct-events.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { summaryOf } from "#sagas/summary.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { Count } from "./column-shapes.ts";
import { countSagas } from "./count-sagas.ts";
import { foldedSaga } from "./find-saga.ts";
import { listSagas } from "./list-sagas.ts";
import { listColumns, listOf } from "./listed-sagas.ts";
import type { MadeSaga } from "./made-history.ts";
import {
  inOrder,
  limits,
  msOf,
  newestFirst,
  noFilter,
  nowMs,
  sagas,
  spanMs,
  storeMadeSagas,
  tally,
} from "./made-sagas.ts";
import { sagaEvents } from "./saga-events.ts";
import { foldedEvents } from "./sagas-as-of.ts";

let database: OwnDatabase;
before(async () => {
  database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const asker = () => createAsker(database.client);

const madeUntil = (saga: MadeSaga, ms: number) =>
  msOf(saga.startedAt) <= ms ? saga.events.filter((event) => Math.floor(timeToMs(event.time)) <= ms) : [];

/** What each saga's events until then say, of those that had begun. */
function toldAt(ms: number): Map<string, SagaSummary> {
  const begun = sagas.flatMap((saga) => {
    const events = madeUntil(saga, ms);
    return events.length > 0 ? [{ saga, events }] : [];
  });
  return new Map(
    begun.map(({ saga, events }) => {
      const head = { ...saga, id: saga.id as SagaSummary["id"] };
      return [saga.id, summaryOf(head, { events, breaches: breachesOf(events), nowMs: ms, limits })];
    }),
  );
}

// The sagas start within two hours and take seconds: each of these moments finds some of them under way.
for (const share of [0.02, 0.2, 0.5, 0.77, 0.999]) {
  const asOfMs = Math.floor(nowMs - spanMs + share * spanMs);
  test(`lists, totals and facets as they were after ${share} of the time`, async () => {
    const filter = { ...noFilter, asOfMs };
    const expected = toldAt(asOfMs);
    const options = { order: newestFirst, cursor: undefined, limit: 5000, late: { nowMs: asOfMs, limits } };
    const rows = await listSagas(asker(), filter, options);
    assert.deepEqual(new Map(rows.map((row) => [String(row.id), row])), expected);
    const { total, facets } = await countSagas(asker(), filter, { nowMs: asOfMs, limits });
    assert.equal(total, expected.size);
    assert.deepEqual(facets.state, tally([...expected.values()].map(({ state }) => state)));
  });
  test(`each saga by itself as it was after ${share} of the time`, async () => {
    const under = [...toldAt(asOfMs).values()].filter(({ state }) => state === "running" || state === "compensating");
    assert.ok(under.length > 0);
    for (const row of under.slice(0, 20))
      assert.deepEqual(await foldedSaga(asker(), row, { late: { nowMs: asOfMs, limits }, asOfMs }), row);
  });
  test(`what was left done after ${share} of the time`, async () => {
    const told = toldAt(asOfMs);
    const expected = sagas.filter((saga) => {
      const overdue = told.get(saga.id)?.verdicts.includes("overdue") ?? false;
      return residualsOf(madeUntil(saga, asOfMs), { overdue }).some(({ step }) => step === "reserve-stock");
    });
    const filter = { ...noFilter, asOfMs, residuals: ["reserve-stock"] };
    const options = { order: newestFirst, cursor: undefined, limit: 5000, late: { nowMs: asOfMs, limits } };
    const rows = await listSagas(asker(), filter, options);
    assert.deepEqual(rows.map(({ id }) => String(id)).sort(), expected.map(({ id }) => id).sort());
  });
}

type Past = MadeSaga["events"];
function hasEndedTry(past: Past, step: string): boolean {
  const own = past.filter((event) => event.step === step && event.compensates === "");
  const ended = own.filter(({ type }) => type === "saga.step.completed" || type === "saga.step.failed");
  return own.some((one) => one.type === "saga.step.started" && ended.some(({ attempt }) => attempt === one.attempt));
}

for (const share of [0.02, 0.2, 0.77])
  test(`a try that ended only after ${share} of the time is not found by how long it took`, async () => {
    const asOfMs = Math.floor(nowMs - spanMs + share * spanMs);
    const filter = { ...noFilter, steps: ["charge-payment"], duration: { fromMs: 0, toMs: Number.MAX_VALUE }, asOfMs };
    const options = { order: newestFirst, cursor: undefined, limit: 5000, late: { nowMs: asOfMs, limits } };
    const rows = await listSagas(asker(), filter, options);
    const expected = sagas.filter((saga) => hasEndedTry(madeUntil(saga, asOfMs), "charge-payment"));
    assert.deepEqual(rows.map(({ id }) => String(id)).sort(), expected.map(({ id }) => id).sort());
    assert.ok(expected.length < sagas.filter(({ events }) => hasEndedTry(events, "charge-payment")).length);
  });

test("an error that was met only later is not found by its fingerprint", async () => {
  const met = await asker().ask(
    sql`SELECT leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint, saga_id AS id, min(toFloat64(toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')))) AS at_ms
      FROM saga_errors GROUP BY fingerprint, id LIMIT 100000`,
    z.object({ fingerprint: z.string(), id: z.string(), at_ms: z.number() }),
  );
  const [fingerprint = "", own = []] =
    [...Map.groupBy(met, (error) => error.fingerprint)].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const times = own.map(({ at_ms: atMs }) => atMs).sort((a, b) => a - b);
  const asOfMs = times[Math.floor(times.length / 2)] ?? 0;
  const options = { order: newestFirst, cursor: undefined, limit: 5000, late: { nowMs: asOfMs, limits } };
  const rows = await listSagas(asker(), { ...noFilter, fingerprints: [fingerprint], asOfMs }, options);
  const expected = own.filter(({ at_ms: atMs }) => atMs <= asOfMs).map(({ id }) => id);
  assert.ok(expected.length > 0 && expected.length < own.length);
  assert.deepEqual(rows.map(({ id }) => String(id)).sort(), expected.sort());
});

test("sorted by what was so then", async () => {
  const asOfMs = nowMs - spanMs / 2;
  const expected = [...toldAt(asOfMs).values()];
  for (const order of [
    { by: "error", direction: "asc" },
    { by: "ended", direction: "desc" },
  ] as const) {
    const options = { order, cursor: undefined, limit: 5000, late: { nowMs: asOfMs, limits } };
    const rows = await listSagas(asker(), { ...noFilter, asOfMs }, options);
    assert.deepEqual(rows, inOrder(expected, order));
  }
});

test("some sagas were under way", () => {
  const at = toldAt(nowMs - spanMs / 2);
  assert.ok([...at].some(([id, row]) => row.state !== toldAt(nowMs).get(id)?.state));
});

test("the fold of all events is what the view has folded", async () => {
  const sorted = sql`SELECT * REPLACE (arraySort(labels) AS labels, arraySort(steps) AS steps, arraySort(services) AS services, arraySort(versions) AS versions, arraySort(steps_failed) AS steps_failed, arraySort(held) AS held) FROM`;
  const now = sql`${sorted} (SELECT ${listColumns} FROM (${listOf(sql`sagas FINAL`)}))`;
  const anew = sql`${sorted} (SELECT ${listColumns} FROM (${listOf(foldedEvents(sql`1`))}))`;
  const [row] = await asker().ask(
    sql`SELECT (SELECT count() FROM (${now} EXCEPT ${anew})) AS missing, (SELECT count() FROM (${anew} EXCEPT ${now})) AS more,
      (SELECT count() FROM (${now})) AS sagas LIMIT 1`,
    z.object({ missing: Count, more: Count, sagas: Count }),
  );
  assert.deepEqual(row, { missing: 0, more: 0, sagas: sagas.length });
});

test("one saga's events until a moment", async () => {
  const saga = sagas[5];
  assert.ok(saga);
  const untilMs = msOf(saga.startedAt) + 700;
  const told = await sagaEvents(asker(), { id: saga.id, limit: 100 });
  const events = eventsUntil(told?.events ?? [], untilMs);
  const expected = saga.events.filter((event) => Math.floor(timeToMs(event.time)) <= untilMs);
  assert.ok(expected.length > 0 && expected.length < saga.events.length);
  assert.deepEqual(events.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
});
