import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { listTraces, type TraceCursor, type TraceFilter } from "./list-traces.ts";
import { everyTrace, hex, type MadeSpan, storeSpans } from "./made-telemetry.ts";

const fromMs = Date.UTC(2026, 5, 1, 12);
const minuteMs = 60_000;
const window = { fromMs, toMs: fromMs + 60 * minuteMs };

const at = (minute: number, trace: number, span: number, more: Partial<MadeSpan>): MadeSpan => ({
  atMs: fromMs + minute * minuteMs,
  traceId: hex(trace, 32),
  spanId: hex(span, 16),
  ...more,
});

/** An order that is served, one whose payment is refused, one that is slow, and traces of which a part is missing. */
const spans: MadeSpan[] = [
  at(1, 1, 11, { name: "POST /orders", service: "gateway", tookMs: 40 }),
  at(1, 1, 12, {
    parent: 11,
    name: "place",
    service: "orders",
    tookMs: 20,
    attributes: { "saga.id": "s-1", tier: "gold" },
  }),
  at(2, 2, 21, { name: "POST /orders", service: "gateway", tookMs: 60 }),
  at(2, 2, 22, { parent: 21, name: "place", service: "orders", tookMs: 30, attributes: { tier: "iron" } }),
  at(2, 2, 23, {
    parent: 22,
    name: "charge",
    service: "payments",
    tookMs: 10,
    failed: true,
    attributes: { was: "gold" },
  }),
  at(3, 3, 31, { name: "GET /orders", service: "gateway", tookMs: 20 }),
  at(3, 3, 32, { parent: 31, name: "place", service: "orders", tookMs: 90 * minuteMs }),
  at(4, 4, 42, { parent: 41, name: "charge", service: "payments", tookMs: 5 }),
  at(4, 4, 43, { parent: 42, name: "SELECT", service: "payments", tookMs: 1 }),
  at(-1, 5, 51, { name: "too early", service: "gateway", tookMs: 5 }),
  at(60, 6, 61, { name: "too late", service: "gateway", tookMs: 5 }),
];

let database: OwnDatabase;
const asker = () => createAsker(database.client);
const list = (filter: Partial<TraceFilter>, limit = 50, cursor?: TraceCursor) =>
  listTraces(asker(), { ...everyTrace, window, ...filter }, { cursor, limit });

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeSpans(database.client, spans);
  await storeSpans(database.client, spans.slice(0, 5));
});
after(() => database?.drop());

test("traces: one row each, the newest first, by its root or else its earliest span", async () => {
  const [fourth, third, second, first] = await list({});
  assert.deepEqual(first, {
    id: hex(1, 32),
    name: "POST /orders",
    service: "gateway",
    startedAt: "2026-06-01T12:01:00.000000000Z",
    durationMs: 40,
    spans: 2,
    errors: 0,
    services: ["gateway", "orders"],
    sagaId: "s-1",
  });
  assert.deepEqual(
    [second?.spans, second?.errors, second?.services, second?.sagaId],
    [3, 1, ["gateway", "orders", "payments"], null],
  );
  assert.equal(third?.durationMs, 90 * minuteMs);
  assert.deepEqual([fourth?.name, fourth?.service, fourth?.spans], ["charge", "payments", 2]);
});

for (const [what, filter, traces] of [
  ["of a service", { services: ["orders"] }, [3, 2, 1]],
  ["of any of two services", { services: ["payments", "nobody"] }, [4, 2]],
  ["with a span of a name", { operations: ["charge"] }, [4, 2]],
  ["one span of that name in that service", { services: ["gateway"], operations: ["charge"] }, []],
  ["an attribute, not its value under another name", { attributes: ["tier=gold"] }, [1]],
  ["all attributes of one span", { attributes: ["tier=gold", "saga.id=s-1"] }, [1]],
  ["attributes of different spans", { attributes: ["tier=iron", "was=gold"] }, []],
  ["that failed somewhere", { status: "error" }, [2]],
  ["that failed nowhere", { status: "ok" }, [4, 3, 1]],
  ["that failed somewhere and came by a service", { status: "error", services: ["gateway"] }, [2]],
  ["as long as", { minMs: 60 }, [3, 2]],
  ["shorter than", { maxMs: 60 }, [4, 1]],
] as const satisfies readonly (readonly [string, Partial<TraceFilter>, readonly number[]])[])
  test(`traces: ${what}`, async () => {
    assert.deepEqual(
      (await list(filter)).map(({ id }) => id),
      traces.map((trace) => hex(trace, 32)),
    );
  });

test("traces: pages lead to each, also to those of one moment, once", async () => {
  const crowd = Array.from({ length: 25 }, (_, index) =>
    at(30, 100 + index, 1000 + index, { name: "crowd", service: "crowd", tookMs: 1 }),
  );
  await storeSpans(database.client, crowd);
  const seen: string[] = [];
  let cursor: TraceCursor | undefined;
  for (;;) {
    const page = await list({}, 7, cursor);
    seen.push(...page.map(({ id }) => id));
    cursor = page.at(-1);
    if (page.length < 7) break;
  }
  assert.deepEqual(
    seen.toSorted(),
    [1, 2, 3, 4, ...crowd.map((_, index) => 100 + index)].map((trace) => hex(trace, 32)),
  );
});

test("traces: pages are in the order of when each began, however long it went on, and whatever narrows them", async () => {
  const later = { fromMs: fromMs + 86_400_000, toMs: fromMs + 2 * 86_400_000 };
  const generator = xoroshiro128plus(5);
  const chance = () => (generator.next() >>> 0) / 2 ** 32;
  const made = Array.from({ length: 120 }, (_, index) => {
    // Most near the end of the day, some of which have come a long way.
    const beganMs = later.toMs - Math.ceil(chance() ** 3 * 86_000_000) - 1;
    const isLong = chance() < 0.3;
    const reachMs = (later.toMs - 1 - beganMs) * (isLong ? 1 : Math.min(1, chance() / 100));
    const failed = chance() < 0.1;
    const span = (number: number, share: number): MadeSpan => ({
      atMs: beganMs + Math.floor(share * reachMs),
      traceId: hex(5000 + index, 32),
      spanId: hex(10 * (5000 + index) + number, 16),
      name: "made",
      service: index % 7 === 0 && number === 2 ? "rare" : "made",
      tookMs: 1,
      failed: failed && number === 1,
    });
    return {
      id: hex(5000 + index, 32),
      beganMs,
      failed,
      isRare: index % 7 === 0,
      spans: [span(0, 0), span(1, chance()), span(2, 1)],
    };
  });
  await storeSpans(
    database.client,
    made.flatMap(({ spans: all }) => all),
  );
  const newestFirst = made.toSorted((a, b) => b.beganMs - a.beganMs || (a.id < b.id ? 1 : -1));
  for (const [filter, matches] of [
    [{}, () => true],
    [{ status: "error" }, ({ failed }) => failed],
    [{ services: ["rare"] }, ({ isRare }) => isRare],
  ] as const satisfies readonly (readonly [Partial<TraceFilter>, (trace: (typeof made)[number]) => boolean])[]) {
    const wanted = newestFirst.filter(matches).map(({ id }) => id);
    const seen: string[] = [];
    let cursor: TraceCursor | undefined;
    do {
      const page = await list({ window: later, ...filter }, 9, cursor);
      assert.ok(page.every(({ spans: count }) => count === 3));
      seen.push(...page.map(({ id }) => id));
      cursor = page.length < 9 ? undefined : page.at(-1);
    } while (cursor);
    assert.deepEqual(seen, wanted);
  }
});
