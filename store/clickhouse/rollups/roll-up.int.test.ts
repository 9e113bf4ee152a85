import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DefinitionTally, emptyTally, tallyHistory } from "#sagas/definition/tally.ts";
import { historyOf } from "#sagas/history.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { definitionTallies } from "#store/clickhouse/queries/definition-tallies.ts";
import { type MadeSaga, makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { cases } from "#store/clickhouse/queries/made-sagas.ts";
import { computeSlot } from "./compute-slot.ts";
import { createRollUp } from "./roll-up.ts";
import { slotOf } from "./slot.ts";

let database: OwnDatabase;
const nowMs = Date.UTC(2026, 5, 2, 0, 30);
const window = { fromMs: slotOf(nowMs - 86_400_000), toMs: nowMs + 86_400_000 };
const made = makeHistory({ count: 600, nowMs, spanMs: 2 * 3_600_000, seed: "rollups" }).map((saga, index) =>
  // Of some, as of producers that do so, each event names the one before as its cause.
  index % 2 === 0 && !tellsTwice(saga) ? caused(saga) : saga,
);
const sagas = [...made, ...cases];

/** Whether several events say the same of one try: only one of them is remembered as a cause. */
function tellsTwice({ events }: MadeSaga): boolean {
  return new Set(events.map(({ type, step, attempt }) => `${type} ${step} ${attempt}`)).size < events.length;
}

function caused(saga: MadeSaga): MadeSaga {
  const events = saga.events.map((event, index) => ({ ...event, causationId: saga.events[index - 1]?.id ?? "" }));
  return { ...saga, events };
}

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

/** What TypeScript makes of the events themselves. */
function expected(type: string, of: readonly MadeSaga[]): Map<string, DefinitionTally> {
  const tallies = new Map<string, DefinitionTally>();
  for (const saga of of.filter((one) => one.type === type && one.events.length > 0)) {
    const tally = tallies.get(saga.version) ?? emptyTally();
    tallies.set(saga.version, tally);
    tallyHistory(tally, historyOf(saga, saga.events));
  }
  return tallies;
}

const inOrder = (tallies: Map<string, DefinitionTally>) =>
  [...tallies].map(([version, { sagas: count, ends, nodes, edges, pairs, paths }]) => {
    const sorted = <Value>(map: Map<string, Value>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    const bare = <Value extends { ms: Map<number, number> }>([key, { ms, ...rest }]: [string, Value]) => {
      const total = [...ms.values()].reduce((sum, times) => sum + times, 0);
      return [key, { ...rest, total }];
    };
    return {
      version,
      count,
      ends: sorted(ends),
      nodes: sorted(nodes).map(bare),
      edges: sorted(edges).map(bare),
      pairs: sorted(pairs),
      paths: sorted(paths),
    };
  });

async function told(type: string) {
  return inOrder(await definitionTallies(createAsker(database.client), type, window));
}

const types = ["order-fulfilment", "order-fulfilment-orchestrated", "case"];

async function isAsExpected(of: readonly MadeSaga[]): Promise<void> {
  for (const type of types) assert.deepEqual(await told(type), inOrder(expected(type, of)), type);
}

test("what is rolled up is what the events say, however they came, and a turn with nothing to do changes nothing", async () => {
  await storeHistory(database.client, sagas);
  const turn = await createRollUp(database.client).turn(60_000);
  assert.equal(turn.waiting, 0);
  assert.equal(turn.sagas, sagas.filter(({ events }) => events.length > 0).length);
  await isAsExpected(sagas);
  const again = await createRollUp(database.client).turn(60_000);
  assert.equal(again.computed, 0);
});

const lately = (saga: MadeSaga): MadeSaga => ({
  ...saga,
  events: saga.events.map((event) => ({ ...event, ingestedAt: new Date().toISOString() })),
});

test("a change of a saga changes its slot, and what is no longer so goes", async () => {
  const first = { ...made[0], id: "moving", type: "moving", version: "1" } as MadeSaga;
  const rename = ({ id }: { id: string }) => `moving ${id}`;
  const saga = lately({ ...first, events: first.events.map((event) => ({ ...event, id: rename(event) })) });
  await storeHistory(database.client, [{ ...saga, events: saga.events.slice(0, 3) }], { parts: 1 });
  await createRollUp(database.client, { restMs: 0 }).turn(60_000);
  assert.deepEqual(await told("moving"), inOrder(expected("moving", [{ ...saga, events: saga.events.slice(0, 3) }])));
  // Its other events say that it is of a later version.
  const moved = { ...saga, version: "2" };
  await storeHistory(database.client, [{ ...moved, events: moved.events.slice(3) }], { parts: 1 });
  const turn = await createRollUp(database.client, { restMs: 0 }).turn(60_000);
  assert.equal(turn.computed, 1);
  assert.deepEqual(await told("moving"), inOrder(expected("moving", [moved])));
  await isAsExpected(sagas);
});

test("a slot's rows come all at once, and counting it anew or merging its parts changes nothing", async () => {
  await database.client.command({ query: "SYSTEM STOP MERGES saga_rollups" });
  const [before] = await rows<{ at: string }>("SELECT toString(max(computed_at)) AS at FROM saga_rollups");
  const turn = await createRollUp(database.client, { isAnew: true }).turn(60_000);
  assert.ok(turn.computed > 3);
  const counts = await rows<{ parts: number; heads: number; facts: number }>(
    `SELECT slot, uniqExact(_part) AS parts, countIf(fact = 'slot') AS heads, count() AS facts FROM saga_rollups
      WHERE computed_at > '${before?.at}' GROUP BY slot ORDER BY facts DESC`,
  );
  assert.equal(counts.length, turn.computed);
  assert.ok((counts[0]?.facts ?? 0) > 50);
  assert.ok(counts.every(({ parts, heads }) => parts === 1 && heads === 1));
  await isAsExpected(sagas);
  await database.client.command({ query: "SYSTEM START MERGES saga_rollups" });
  await database.client.command({ query: "OPTIMIZE TABLE saga_rollups FINAL" });
  await isAsExpected(sagas);
});

async function rows<Row>(query: string): Promise<Row[]> {
  return await (await database.client.query({ query, format: "JSONEachRow" })).json<Row>();
}

test("of sagas that all started at one moment no more than some are read at once, and each is counted", async () => {
  const startedMs = Date.UTC(2026, 2, 1, 12, 5);
  const count = 5_000;
  await database.client.command({
    query: `INSERT INTO sagas (started, saga_id, saga_type, saga_version, flags)
      SELECT fromUnixTimestamp64Milli(toInt64(${startedMs}), 'UTC'), concat('at-once-', toString(number)), 'at-once', '1', 3 FROM numbers(${count})`,
  });
  let histories = 0;
  const counting = new Proxy(database.client, {
    get: (client, name) =>
      name === "query"
        ? (question: Parameters<typeof client.query>[0]) => {
            if (question.query.includes("saga_steps FINAL")) histories += 1;
            return client.query(question);
          }
        : Reflect.get(client, name),
  });
  const slot = slotOf(startedMs);
  assert.equal(await computeSlot(counting, { slot, computedAt: "2026-06-02 00:00:00.000000" }), count);
  assert.ok(histories >= 3, `${histories} questions`);
  const tallies = await definitionTallies(createAsker(database.client), "at-once", {
    fromMs: slot,
    toMs: slot + 600_000,
  });
  assert.equal(tallies.get("1")?.sagas, count);
});
