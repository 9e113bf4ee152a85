import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseParams } from "#app/server/params.ts";
import { type QuestionName, questions } from "#contracts/api/questions.ts";
import { SagaSummary } from "#contracts/api/saga.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { startOf } from "#sagas/start.ts";
import { summaryOf } from "#sagas/summary.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { alertSagas } from "#store/clickhouse/queries/alert-sagas.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";
import { type MadeSaga, makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { sagaHistories } from "#store/clickhouse/queries/saga-histories.ts";
import { answers } from "./answers.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 5, 2, 0, 30);
const window = { fromMs: nowMs - 3 * hourMs, toMs: nowMs };
const range = { from: new Date(window.fromMs).toISOString(), to: new Date(nowMs).toISOString() };
const limits = Limits.none;
const whole = (time: string) => `${time.slice(0, 23)}Z`;

/** A saga of which no event says when it began, stored under the time of the event that was read first. */
function readFirst(saga: MadeSaga, first: number, id = saga.id): MadeSaga {
  const events = saga.events.map((event, index) => ({ ...event, id: `${id}-${index}` }));
  const storedAt = whole(events[first % events.length]?.time ?? "");
  const times = events.map(({ time }) => time);
  return { ...saga, id, events, storedAt, startedAt: startOf(storedAt, times) };
}

const made = makeHistory({ count: 90, nowMs, spanMs: 2 * hourMs, seed: "unsaid starts" });
const sagas = made.map((saga, index) => readFirst(saga, index * 7));
const [longest] = made.toSorted((a, b) => b.events.length - a.events.length);
assert.ok(longest);
/** One history, read in as many orders as it has events. */
const copies = longest.events.map((_, first) => readFirst(longest, first, `copy-${first}`));

/** What a list says of it. */
function rowOf({ storedAt, ...saga }: MadeSaga): SagaSummary {
  const head = { ...saga, id: SagaSummary.shape.id.parse(saga.id), startedAt: saga.startedAt };
  return summaryOf(storedAt === saga.startedAt ? head : { ...head, storedAt }, {
    events: saga.events,
    breaches: breachesOf(saga.events),
    nowMs,
    limits,
  });
}
const rows = [...sagas, ...copies].map(rowOf);
const late = rows.filter(({ storedAt }) => storedAt !== undefined);

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, [...sagas, ...copies]);
  await sleep(1100);
  const lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  while ((await lister.turn()).more);
  await lister.count();
});
after(() => database?.drop());

/** The answer to a question, of sagas as the list alone has them, or as `sagas` have them where it lags behind. */
async function answer<Name extends QuestionName>(name: Name, given: object, listed = false) {
  const ask = answers[name] as (params: unknown, answering: object) => ReturnType<(typeof answers)[Name]>;
  const asker = createAsker(database.client, listed ? { sagas: listAlone } : {});
  return await ask(parseParams(questions[name].params, given), {
    asker,
    nowMs,
    limits,
    gateways: [],
    topics: { events: "saga.events", spans: "otlp_spans" },
    kafka: undefined,
  });
}

const byId = (of: readonly SagaSummary[]) => new Map(of.map((row) => [String(row.id), row]));

test("most of these sagas are stored under a later moment than they began", () => {
  assert.ok(late.length > rows.length / 2);
});

for (const listed of [false, true])
  test(`a list tells when each began and for how long it took, ${listed ? "from the list alone" : "from both"}`, async () => {
    const { sagas: told } = await answer("sagas", { ...range, limit: 500 }, listed);
    assert.deepEqual(byId(told), byId(rows));
  });

test("of one history it is the same, whichever of its events was read first", async () => {
  const { sagas: told } = await answer("sagas", { ...range, q: "copy-", limit: 500 });
  assert.equal(told.length, longest.events.length);
  const [one] = rows.filter(({ id }) => id === "copy-0");
  for (const { startedAt, durationMs } of told)
    assert.deepEqual({ startedAt, durationMs }, { startedAt: one?.startedAt, durationMs: one?.durationMs });
  for (const { id } of told) {
    const { startedAt, durationMs, sentence } = await answer("saga", { id });
    assert.deepEqual({ startedAt, durationMs }, { startedAt: one?.startedAt, durationMs: one?.durationMs });
    assert.equal(sentence, (await answer("saga", { id: "copy-0" })).sentence);
  }
});

for (const sort of ["started", "started.asc", "duration", "duration.asc"])
  test(`pages in the order of ${sort} show each saga once, in order`, async () => {
    const seen: SagaSummary[] = [];
    let next: string | null | undefined;
    do {
      const page = await answer("sagas", { ...range, sort, limit: 11, ...(next ? { cursor: next } : {}) }, true);
      seen.push(...page.sagas);
      next = page.next;
    } while (next);
    assert.deepEqual(byId(seen), byId(rows));
    assert.equal(seen.length, rows.length);
    const sortedBy = ({ durationMs, storedAt, startedAt }: SagaSummary) =>
      sort.startsWith("duration") ? durationMs : Date.parse(storedAt ?? startedAt);
    const values = seen.map(sortedBy);
    const sorted = values.toSorted((a, b) => (sort.endsWith(".asc") ? a - b : b - a));
    assert.deepEqual(values, sorted);
  });

test("a list is narrowed by the durations that it shows", async () => {
  const ended = rows.filter(({ endedAt }) => endedAt !== null);
  const middleMs = ended.map(({ durationMs }) => durationMs).sort((a, b) => a - b)[ended.length / 2] ?? 0;
  const longer = ended.filter(({ durationMs }) => durationMs >= middleMs);
  const { sagas: told, total } = await answer("sagas", { ...range, minMs: middleMs, limit: 500 });
  assert.equal(total, longer.length);
  assert.deepEqual(byId(told), byId(longer));
});

test("a saga's page says what the list says, and shows its own events", async () => {
  for (const row of late.slice(0, 20)) {
    const { id } = row;
    const page = await answer("saga", { id });
    const own = Object.keys(row).map((key) => [key, page[key as keyof typeof page]]);
    assert.deepEqual(Object.fromEntries(own), row);
    const { events } = await answer("sagaEvents", { id });
    assert.deepEqual(events, page.events);
    assert.ok(page.events.every(({ time }) => whole(time) >= row.startedAt));
  }
});

test("a page of a past moment tells the same start", async () => {
  for (const { id, startedAt } of late.slice(0, 20)) {
    const { durationMs, ...page } = await answer("saga", { id, at: startedAt });
    assert.deepEqual({ startedAt: page.startedAt, durationMs }, { startedAt, durationMs: 0 });
  }
});

test("its moves are told from its start, of it and of what it is compared with", async () => {
  const [one, other] = [copies.at(-1), copies.at(-2)];
  const { here, there, aligned } = await answer("sagaCompare", { id: one?.id, with: other?.id });
  const row = byId(rows).get(String(one?.id));
  for (const { startedAt, durationMs } of [here, there])
    assert.deepEqual([startedAt, durationMs], [row?.startedAt, row?.durationMs]);
  assert.ok(aligned.length > 0);
  for (const { here: move, there: beside } of aligned) {
    assert.ok((move?.atMs ?? -1) >= 0);
    assert.equal(move?.atMs, beside?.atMs);
  }
});

test("what is learned from it begins at its start", async () => {
  const histories = await sagaHistories(createAsker(database.client), window);
  assert.deepEqual(
    new Map(histories.map(({ id, startedMs }) => [id, startedMs])),
    new Map(rows.map(({ id, startedAt }) => [String(id), Date.parse(startedAt)])),
  );
});

test("an alert tells the starts that the list tells", async () => {
  const rule = { condition: "failed", sagaType: null } as const;
  const told = await alertSagas(createAsker(database.client), rule, { window, most: 500, limits });
  const failed = rows.filter(({ state }) => state === "failed");
  assert.ok(failed.some(({ storedAt }) => storedAt !== undefined));
  const startsOf = (of: readonly { id: string; startedAt: string }[]) =>
    new Map(of.map(({ id, startedAt }) => [String(id), startedAt]));
  assert.deepEqual(startsOf(told.sagas), startsOf(failed));
  assert.equal(told.oldestStartedAt, failed.map(({ startedAt }) => startedAt).sort()[0]);
});
