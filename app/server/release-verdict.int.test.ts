import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Releases, ReleaseVerdict } from "#contracts/api/releases.ts";
import { rowsOf } from "#sagas/history-cases.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { type MadeSaga, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { answerRoute } from "./answer-route.ts";
import { store } from "./store.ts";

const nowMs = Date.now();
const hourMs = 3_600_000;
const sinceMs = nowMs - 2 * hourMs;
let database: OwnDatabase;

/** A saga of a type whose payments were of this version; one in `failing` fails. */
function madeSaga(
  type: string,
  index: number,
  { startedMs, version, failing }: { startedMs: number; version: string; failing: number },
): MadeSaga {
  const id = `${type}-${version}-${index}`;
  const end = index % failing === 0 ? "failed" : "completed";
  const events = rowsOf(
    {
      events: [
        { type: "step.completed", step: "pay", atMs: 100 },
        { type: end, atMs: 500 + (index % 97) * 10 },
      ],
    },
    { id, baseMs: startedMs },
  );
  const told = events.map((event) => ({ ...event, source: "/services/payments", serviceVersion: version }));
  return { id, type, version: "1", subject: "", startedAt: new Date(startedMs).toISOString(), events: told };
}

/** A day of v1, and then two hours of v1 and v2 side by side, or of v2 alone. */
function rollout(type: string, { failing, alone = false }: { failing: number; alone?: boolean }): MadeSaga[] {
  const spread = (
    count: number,
    [fromMs, toMs]: readonly [number, number],
    more: { version: string; failing: number },
  ) =>
    Array.from({ length: count }, (_, index) =>
      madeSaga(type, index + (fromMs % 1000), {
        ...more,
        startedMs: Math.floor(fromMs + ((index + 0.5) * (toMs - fromMs)) / count),
      }),
    );
  const usual = { version: "v1", failing: 50 };
  const before = spread(1600, [sinceMs - 20 * hourMs, sinceMs], usual);
  const beside = alone ? [] : spread(1200, [sinceMs, nowMs - 60_000], usual);
  const distinct = beside.map((saga) => ({
    ...saga,
    id: `${saga.id}-beside`,
    events: saga.events.map((event) => ({ ...event, id: `${event.id}-beside` })),
  }));
  return [...before, ...distinct, ...spread(1200, [sinceMs, nowMs - 60_000], { version: "v2", failing })];
}

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, [
    ...rollout("worse", { failing: 10 }),
    ...rollout("same", { failing: 50 }),
    ...rollout("replaced", { failing: 10, alone: true }),
  ]);
  process.env.CLICKHOUSE_URL = database.url;
  process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:1/none";
  process.env.SAGASCOPE_TOKEN = "a-token-of-sixteen-or-more";
});
after(async () => {
  await store().close();
  await database?.drop();
});

const get = (path: string) => answerRoute(new Request(`http://127.0.0.1/api/v1${path}`));
const verdict = async (type: string, more = "") =>
  ReleaseVerdict.parse(
    await (await get(`/releases/verdict?type=${type}&service=payments&baseline=v1&canary=v2${more}`)).json(),
  );

for (const { type, more, result, pairing } of [
  { type: "worse", more: "", result: "fail", pairing: "concurrent" },
  { type: "worse", more: "&metric=latency", result: "pass", pairing: "concurrent" },
  { type: "same", more: "&margin=0.05", result: "pass", pairing: "concurrent" },
  { type: "same", more: "&margin=0.05&fewest=5000", result: "inconclusive", pairing: "concurrent" },
  { type: "replaced", more: "", result: "fail", pairing: "before" },
  { type: "nobody", more: "", result: "inconclusive", pairing: "concurrent" },
] as const) {
  test(`${type}${more}: ${result}`, async () => {
    const answer = await verdict(type, more);
    assert.deepEqual([answer.result, answer.pairing], [result, pairing], JSON.stringify(answer));
    assert.equal(answer.value, { pass: 1, fail: -1, inconclusive: 0 }[result]);
    assert.ok(answer.reason.endsWith("."));
  });
}

test("the page's comparison is of the two newest versions, and says what the verdict says", async () => {
  const { versions, comparison } = Releases.parse(
    await (await get("/releases?range=24h&type=worse&service=payments")).json(),
  );
  assert.deepEqual(
    versions.map(({ version }) => version),
    ["v2", "v1"],
  );
  assert.equal(comparison?.result, "fail");
  assert.deepEqual([comparison?.baseline, comparison?.canary], ["v1", "v2"]);
});

for (const [since, says] of [
  [new Date(nowMs - 8 * 24 * hourMs).toISOString(), /last 7 days/],
  [new Date(nowMs + hourMs).toISOString(), /has come/],
] as const) {
  test(`since ${says.source} is asked for`, async () => {
    const response = await get(`/releases/verdict?type=worse&service=payments&baseline=v1&canary=v2&since=${since}`);
    assert.equal(response.status, 400);
    assert.match(JSON.stringify(await response.json()), says);
  });
}
