import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Sql, sql } from "#lib/sql.ts";
import { historyCases, rowsOf } from "#sagas/history-cases.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { Count } from "#store/clickhouse/queries/column-shapes.ts";
import { countSagas } from "#store/clickhouse/queries/count-sagas.ts";
import { holds } from "#store/clickhouse/queries/counted-hours.ts";
import { listLagMs } from "#store/clickhouse/queries/list-lag.ts";
import { listSagas } from "#store/clickhouse/queries/list-sagas.ts";
import { listAlone, listColumns, listedSagas, listOf } from "#store/clickhouse/queries/listed-sagas.ts";
import { makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { newestFirst, noFilter } from "#store/clickhouse/queries/made-sagas.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import { countedHours } from "./count-hours.ts";
import { SagaLister } from "./list-changes.ts";
import { PeriodCounter } from "./period-counter.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const asker = () => createAsker(database.client);
const nowMs = Date.UTC(2026, 5, 2);
const spanMs = 20 * 86_400_000;
const history = (seed: string, count: number) => makeHistory({ count, nowMs, spanMs, seed });

async function count(from: Sql): Promise<number> {
  const [row] = await asker().ask(sql`SELECT count() AS rows FROM ${from} LIMIT 1`, z.object({ rows: Count }));
  return row?.rows ?? 0;
}

const asFolded = sql`(${listOf(sql`sagas FINAL`)})`;
// Sets have no order.
const sorted = (columns: Sql, from: Sql) =>
  sql`SELECT * REPLACE (arraySort(labels) AS labels, arraySort(steps) AS steps, arraySort(services) AS services, arraySort(versions) AS versions, arraySort(steps_failed) AS steps_failed, arraySort(held) AS held) FROM (SELECT ${columns} FROM ${from})`;

/** Rows that one has and the other has not. */
async function differences(one: Sql, other: Sql): Promise<number> {
  const [a, b] = [sorted(listColumns, one), sorted(listColumns, other)];
  return (await count(sql`(${a} EXCEPT ${b})`)) + (await count(sql`(${b} EXCEPT ${a})`));
}

async function listAll(lister: SagaLister): Promise<number> {
  await sleep(1100);
  let changes = 0;
  for (;;) {
    const turn = await lister.turn();
    changes += turn.changes;
    if (!turn.more) return changes;
  }
}

test("whatever is listed when, what is read is what was folded", async () => {
  const lister = new SagaLister(database.client, { settledS: 0 });
  let turns = 0;
  await storeHistory(database.client, history("listed", 600), {
    parts: 4,
    stored: async () => {
      assert.equal(await differences(listedSagas, asFolded), 0, "before a turn");
      await sleep(1100);
      if (turns++ % 2 === 0) await lister.turn();
      assert.equal(await differences(listedSagas, asFolded), 0, "after a turn");
    },
  });
  assert.ok((await listAll(lister)) > 0);
  assert.equal(await count(sql`saga_list FINAL`), 600);
  assert.equal(await differences(sql`saga_list FINAL`, asFolded), 0);
  assert.equal(await listAll(lister), 0, "nothing is listed twice");
});

test("a change that shows late is listed all the same", async () => {
  const lister = new SagaLister(database.client, { settledS: 0 });
  await listAll(lister);
  await database.client.command({
    query:
      "INSERT INTO sagas (started, saga_id, flags) SELECT started, saga_id, 16 FROM sagas LIMIT 1 BY saga_id LIMIT 3",
  });
  assert.ok((await differences(sql`saga_list FINAL`, asFolded)) > 0);
  const query = `INSERT INTO saga_changes (at, started) SELECT now64(3) - 30, started FROM sagas WHERE flags = 16`;
  await database.client.command({ query });
  await lister.turn();
  assert.equal(await differences(sql`saga_list FINAL`, asFolded), 0);
});

test("what has just changed is listed at a look, once, and nothing waits any more", async () => {
  const lister = new SagaLister(database.client);
  await lister.look();
  await storeHistory(database.client, history("just now", 50), { parts: 1 });
  assert.ok((await listLagMs(asker())) > 0);
  assert.ok((await lister.look()).changes > 0);
  assert.equal(await differences(listAlone, asFolded), 0);
  assert.equal(await listLagMs(asker()), 0);
  assert.deepEqual(await lister.look(), { changes: 0, more: false });
});

test("a compensation that was lost is found at the first look after the saga says that it is undone, and before it by who reads what is not listed", async () => {
  const lost = historyCases.find(({ state, rules }) => state === "compensated" && rules?.[0] === "never_compensated");
  assert.ok(lost);
  const saga = { id: "lost", type: "case", version: "1", subject: "", startedAt: new Date(nowMs).toISOString() };
  const events = rowsOf(lost, { id: saga.id, baseMs: nowMs });
  const isEnd = ({ type }: (typeof events)[number]) => type === "saga.compensated";
  const found = async (from: Sql) => {
    const window = { fromMs: nowMs - 1000, toMs: nowMs + 1000 };
    const filter = { ...noFilter, window, rules: ["never_compensated"] as const };
    const options = { order: newestFirst, cursor: undefined, limit: 10, late: nowMs };
    const rows = await listSagas(createAsker(database.client, { sagas: from }), filter, options);
    return rows.some(({ id }) => id === "lost");
  };
  const lister = new SagaLister(database.client);
  await storeHistory(database.client, [{ ...saga, events: events.filter((event) => !isEnd(event)) }], { parts: 1 });
  await lister.look();
  assert.deepEqual([await found(listAlone), await found(listedSagas)], [false, false]);
  await storeHistory(database.client, [{ ...saga, events: events.filter(isEnd) }], { parts: 1 });
  assert.deepEqual([await found(listAlone), await found(listedSagas)], [false, true]);
  await lister.look();
  assert.deepEqual([await found(listAlone), await found(listedSagas)], [true, true]);
});

test("another that takes over lists again what may have been cut short", async () => {
  const lister = new SagaLister(database.client, { settledS: 0 });
  await database.client.command({ query: "TRUNCATE TABLE saga_list" });
  await lister.turn();
  assert.equal(await differences(sql`saga_list FINAL`, asFolded), 0);
});

const hoursHeld = sql`saga_counts FINAL WHERE ${holds}`;

/** Lists and counts all there is; how many hours are counted. */
async function listedAndCounted(): Promise<number> {
  const eager = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  await listAll(eager);
  while (await eager.count());
  return await count(hoursHeld);
}

/** What facets say by what was counted, and by each row. */
async function counts(window: TimeWindow) {
  const filter = { ...noFilter, window };
  const byRow = sql`saga_list FINAL`;
  const from = (sagas: Sql) => countSagas(createAsker(database.client, { sagas }), filter, nowMs);
  return { byHour: await from(listAlone), byRow: await from(byRow) };
}

async function assertCounted(what: string): Promise<void> {
  for (const agoMs of [0, 1, 3_600_000, 5 * 86_400_000 + 1234]) {
    const { byHour, byRow } = await counts({ fromMs: nowMs - spanMs + agoMs, toMs: nowMs - agoMs });
    assert.deepEqual(byHour, byRow, `${what}, ${agoMs} ms off`);
  }
}

test("whatever is counted when, facets say what the list says", async () => {
  let lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  let part = 0;
  await storeHistory(database.client, history("counted", 300), {
    parts: 4,
    stored: async () => {
      await sleep(1100);
      await lister.turn();
      await assertCounted("listed");
      if (part % 2 === 0) while (await lister.count());
      else await lister.count();
      await assertCounted("counted");
      if (part++ === 2) lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
    },
  });
  while (await lister.count());
  const { total } = (await counts({ fromMs: nowMs - spanMs - 86_400_000, toMs: nowMs })).byHour;
  assert.ok(total > 300 && (await count(hoursHeld)) > 100);
});

test("an hour of which a saga is listed again holds no more, until it is counted anew by whoever lists", async () => {
  const held = await listedAndCounted();
  await database.client.command({
    query: "INSERT INTO saga_changes (at, started) SELECT now64(3), started FROM sagas ORDER BY started LIMIT 1",
  });
  await new SagaLister(database.client).look();
  assert.equal(await count(hoursHeld), held - 1);
  assert.equal(await new SagaLister(database.client).count(), false);
  assert.equal(await count(hoursHeld), held);
});

test("a count is not believed that was made before a saga was listed by one who knows of none, or of sagas that are gone", async () => {
  const held = await listedAndCounted();
  await sleep(20);
  const { text } =
    sql`INSERT INTO saga_list (${listColumns}, listed_at) SELECT ${listColumns}, now64(3) FROM saga_list FINAL ORDER BY started LIMIT 1`;
  await database.client.command({ query: text });
  await database.client.command({
    query: "INSERT INTO saga_counts (hour, counted_at, holds) VALUES ('2026-01-01 00:00:00', now64(6), 1)",
  });
  assert.equal(await count(hoursHeld), held + 1);
  const next = new SagaLister(database.client, { restMs: 60_000 });
  await next.count();
  assert.equal(await count(hoursHeld), held);
  await assertCounted("by another");
});

test("an hour that a worker of a version before has counted, by facets alone, is counted anew", async () => {
  const held = await listedAndCounted();
  await database.client.command({
    query: `INSERT INTO saga_counts (hour, counted_at, holds, ingested_at, facets, sagas)
      SELECT hour, now64(6), 1, ingested_at, facets, saga_counts.sagas FROM saga_counts FINAL WHERE holds ORDER BY hour LIMIT 3`,
  });
  assert.equal(await count(hoursHeld), held - 3);
  await assertCounted("by one of before");
  const next = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  while (await next.count());
  assert.equal(await count(hoursHeld), held);
  await assertCounted("anew");
});

test("an hour whose sagas are listed all the time is not counted", async () => {
  const held = await listedAndCounted();
  assert.ok(held > 1);
  const lister = new SagaLister(database.client, { restMs: 60_000 });
  await database.client.command({
    query: "INSERT INTO saga_changes (at, started) SELECT now64(3), started FROM sagas ORDER BY started LIMIT 1",
  });
  await lister.look();
  await lister.count();
  assert.equal(await count(hoursHeld), held - 1);
});

test("what may have been counted is taken back before one of its sagas is listed again, whoever counted it", async () => {
  const held = await listedAndCounted();
  let [nowMs, isLost] = [0, true];
  const counter = new PeriodCounter(countedHours, {
    asker: createAsker(database.client, { maxSeconds: 60 }),
    send: async ({ text: query, params }) => {
      await database.client.command({ query, query_params: { ...params } });
      if (isLost && query.includes("facets")) throw new Error("The answer was lost");
    },
    restMs: 0,
    nowMs: () => nowMs,
  });
  const [first] = await asker().ask(
    sql`SELECT toUnixTimestamp(min(hour)) AS hour FROM ${hoursHeld} LIMIT 1`,
    z.object({ hour: Count }),
  );
  const hour = (first?.hour ?? 0) * 1000;
  await counter.disturb([hour]);
  await assert.rejects(counter.turn(), /answer was lost/);
  assert.equal(await count(hoursHeld), held, "it was counted all the same");
  await counter.disturb([hour]);
  assert.equal(await count(hoursHeld), held - 1);
  isLost = false;
  const another = new SagaLister(database.client, { restMs: 0 });
  while (await another.count());
  assert.equal(await count(hoursHeld), held);
  nowMs += 10_000;
  await counter.disturb([hour]);
  assert.equal(await count(hoursHeld), held - 1);
});

test("an hour of as many kinds as sagas is not counted, nor tried again before one of its sagas is listed", async () => {
  const list = (sagas: number) =>
    database.client.command({
      query: `INSERT INTO saga_list (started, saga_id, saga_type, saga_version, flags, last_error, listed_at)
        SELECT toDateTime64('2026-01-05 10:00:00', 3, 'UTC') + number, concat('many-', toString(number)), 'many', toString(number), 2,
          (toDateTime64(0, 9, 'UTC'), '', '', ''), now64(3) FROM numbers(${sagas})`,
    });
  await list(250);
  const statements: string[] = [];
  let nowMs = 0;
  const counter = new PeriodCounter(countedHours, {
    asker: createAsker(database.client, { maxSeconds: 60 }),
    send: async ({ text: query, params }) => {
      statements.push(query);
      await database.client.command({ query, query_params: { ...params } });
    },
    restMs: 0,
    nowMs: () => nowMs,
  });
  const turnLater = async () => {
    nowMs += 3_600_000;
    while (await counter.turn());
    return statements.splice(0).length;
  };
  assert.ok((await turnLater()) > 0);
  assert.equal(await count(sql`${hoursHeld} AND hour = '2026-01-05 10:00:00'`), 0);
  assert.equal(await turnLater(), 0);
  await sleep(20);
  await list(1);
  assert.equal(await turnLater(), 1);
});
