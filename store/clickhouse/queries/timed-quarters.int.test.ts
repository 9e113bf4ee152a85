import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Sql, sql } from "#lib/sql.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { Count } from "./column-shapes.ts";
import { errorGroups } from "./error-groups.ts";
import { latencyOverTime } from "./latency-over-time.ts";
import { listAlone, listColumns } from "./listed-sagas.ts";
import { makeHistory, storeHistory } from "./made-history.ts";
import { outcomesOverTime } from "./outcomes-over-time.ts";
import { sagaLatency } from "./saga-latency.ts";
import { stepLatency } from "./step-latency.ts";
import type { TimeWindow } from "./time-window.ts";
import { timedQuarters } from "./timed-quarters.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 5, 2);
const spanMs = 48 * hourMs;
const lastTwoDays = { fromMs: nowMs - spanMs, toMs: nowMs };
const history = (seed: string, count: number) => makeHistory({ count, nowMs, spanMs, seed });

/** The list, but for the store to read it row by row. */
const byRow = sql`saga_list FINAL`;
const asker = (sagas: Sql) => createAsker(database.client, { sagas });

async function answers(sagas: Sql, window: TimeWindow, bucketSeconds: number) {
  const ask = asker(sagas);
  const filter = { type: "order-fulfilment", step: "charge-payment" };
  return {
    outcomes: await outcomesOverTime(ask, window, { bucketSeconds }),
    errors: await errorGroups(ask, window, { bucketSeconds, limit: 100 }),
    rows: [
      ...(await sagaLatency(ask, window, { bucketSeconds })),
      ...(await sagaLatency(ask, window, { filter })),
      ...(await stepLatency(ask, window, { bucketSeconds })),
      ...(await stepLatency(ask, window, { filter })),
    ],
    whole: await latencyOverTime(ask, window, { bucketSeconds, filter: {} }),
    step: await latencyOverTime(ask, window, { bucketSeconds, filter }),
  };
}

/** Of buckets 4.4 % wide none is further off than their width. */
const isNear = (one: number, other: number) =>
  Math.abs(one - other) <= 0.045 * Math.max(one, other) || Math.max(one, other) < 1;

type Row = { readonly count: number; readonly p50: number; readonly p95: number; readonly p99: number };
const withoutTimes = <Some extends Row>({ p50: _, p95: __, p99: ___, ...row }: Some) => row;

function assertAlike(timed: readonly Row[], exact: readonly Row[], what: string): void {
  assert.deepEqual(timed.map(withoutTimes), exact.map(withoutTimes), what);
  for (const [index, row] of timed.entries())
    for (const level of ["p50", "p95", "p99"] as const)
      assert.ok(isNear(row[level], exact[index]?.[level] ?? -1), `${what}: ${JSON.stringify([row, exact[index]])}`);
}

async function assertSame(what: string): Promise<void> {
  for (const [offMs, bucketSeconds] of [
    [0, 900],
    [0, 3600],
    [900_000, 900],
    [1_234_567, 1800],
    [0, 300],
  ] as const) {
    const window = { fromMs: nowMs - spanMs + offMs, toMs: nowMs - offMs };
    const [timed, exact] = [
      await answers(listAlone, window, bucketSeconds),
      await answers(byRow, window, bucketSeconds),
    ];
    const where = `${what}, ${offMs} ms off, by ${bucketSeconds} s`;
    assert.deepEqual(timed.outcomes, exact.outcomes, where);
    assert.deepEqual(timed.errors, exact.errors, where);
    assertAlike(timed.rows, exact.rows, where);
    for (const name of ["whole", "step"] as const) {
      assert.deepEqual(timed[name].heatmap, exact[name].heatmap, `${where}: ${name}`);
      assertAlike(timed[name].series, exact[name].series, `${where}: ${name}`);
    }
  }
}

async function listAndCount(): Promise<SagaLister> {
  const lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  await sleep(1100);
  while ((await lister.turn()).more);
  while (await lister.count());
  return lister;
}

test("whatever quarters were counted when, durations, outcomes and errors are those of the rows", async () => {
  await storeHistory(database.client, history("timed", 2000), {
    parts: 2,
    stored: async () => {
      await new SagaLister(database.client, { settledS: 0, restMs: 60_000 }).look();
      await assertSame("listed");
      await listAndCount();
      await assertSame("counted");
    },
  });
  assert.equal(await held(), 4 * 48);
});

const held = async () => (await timedQuarters(asker(listAlone), lastTwoDays)).length;
const send = (query: string) => database.client.command({ query });

test("quarters are not asked for where buckets cut one, where the list is not read alone, or where none lies whole within", async () => {
  assert.deepEqual(await timedQuarters(asker(listAlone), lastTwoDays, 600), []);
  assert.deepEqual(await timedQuarters(asker(byRow), lastTwoDays, 900), []);
  assert.deepEqual(await timedQuarters(asker(listAlone), { fromMs: nowMs - 1_700_000, toMs: nowMs - 1 }, 900), []);
});

test("a quarter of which a saga is listed again holds no more until it is counted anew, and no other is touched", async () => {
  await send("INSERT INTO saga_changes (at, started) SELECT now64(3), started FROM sagas ORDER BY started LIMIT 1");
  await new SagaLister(database.client).look();
  assert.equal(await held(), 191);
  await assertSame("one listed again");
  await listAndCount();
  assert.equal(await held(), 192);
});

test("a quarter of which a saga was listed by one who knows of none is counted anew", async () => {
  const counts = async () => {
    const ask = sql`SELECT count() AS counts FROM saga_quarters WHERE quarter = toStartOfFifteenMinutes((SELECT min(started) FROM saga_list)) LIMIT 1`;
    const [row] = await createAsker(database.client).ask(ask, z.object({ counts: Count }));
    return row?.counts ?? 0;
  };
  await send("OPTIMIZE TABLE saga_quarters FINAL");
  assert.equal(await counts(), 1);
  await sleep(20);
  const { text } =
    sql`INSERT INTO saga_list (${listColumns}, listed_at) SELECT ${listColumns}, now64(3) FROM saga_list FINAL ORDER BY started LIMIT 1`;
  await send(text);
  while (await new SagaLister(database.client, { restMs: 60_000 }).count());
  assert.equal(await counts(), 3, "taken back and counted");
  assert.equal(await held(), 192);
});

test("a quarter whose durations are gone is read by rows", async () => {
  await send("ALTER TABLE saga_durations DELETE WHERE quarter < '2026-05-31 01:00:00' SETTINGS mutations_sync = 2");
  assert.equal(await held(), 188);
  await assertSame("some are gone");
});
