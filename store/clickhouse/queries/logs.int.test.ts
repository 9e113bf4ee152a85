import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countLogs } from "./count-logs.ts";
import { endOf, type LogCursor, listLogs } from "./list-logs.ts";
import type { LogFilter } from "./log-filter.ts";
import { everyLog, stored } from "./made-telemetry.ts";
import { refuseAbove } from "./saga-budget.ts";
import { hasWords } from "./words.ts";

const fromMs = Date.UTC(2026, 5, 1, 12);
const minuteMs = 60_000;
const window = { fromMs, toMs: fromMs + 60 * minuteMs };
const trace = "a".repeat(32);

interface Line {
  Timestamp: string;
  Body: string;
  ServiceName: string;
  SeverityText?: string;
  SeverityNumber?: number;
  TraceId?: string;
  LogAttributes?: Record<string, string>;
}
const line = (minute: number, Body: string, more: Partial<Line> = {}): Line => ({
  Timestamp: stored(fromMs + minute * minuteMs),
  Body,
  ServiceName: "orders",
  ...more,
});

const lines = [
  line(-1, "before the time"),
  line(0, "Order placed: o-77", { SeverityNumber: 9, TraceId: trace }),
  line(1, "order refused: o-77", { SeverityText: "WARN", LogAttributes: { reason: "stock", empty: "" } }),
  line(2, "o-78 placed", { SeverityNumber: 10, ServiceName: "payments", LogAttributes: { "saga.id": "s-1" } }),
  line(2, "Bank away, o-78 failed", { SeverityText: "error", SeverityNumber: 17, ServiceName: "payments" }),
  line(3, "all lost", { SeverityNumber: 24 }),
  line(4, "no grade", { LogAttributes: { reason: "other", what: "stock" } }),
  line(60, "after the time"),
];
/** The same in everything; with the others more than any page has, of one moment. */
const same = Array.from({ length: 40 }, () => line(30, "again", { ServiceName: "clock" }));
const alike = Array.from({ length: 40 }, (_, index) => line(30, `again ${index % 10}`, { ServiceName: "clock" }));

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  for (const values of [lines, same, alike])
    await database.client.insert({
      table: "otel_logs",
      format: "JSONEachRow",
      values,
      clickhouse_settings: { async_insert: 0 },
    });
});
after(() => database?.drop());

const business: Partial<LogFilter> = { services: ["orders", "payments"] };

for (const [what, filter, bodies] of [
  [
    "all of the time, the newest first",
    business,
    ["no grade", "all lost", "Bank away, o-78 failed", "o-78 placed", "order refused: o-77", "Order placed: o-77"],
  ],
  ["words in any case and order", { words: "PLACED order" }, ["Order placed: o-77"]],
  ["whole words only", { words: "place" }, []],
  ["an id, whose parts are words", { words: "o-78" }, ["Bank away, o-78 failed", "o-78 placed"]],
  ["no words in it", { words: "?!" }, []],
  ["a service", { services: ["payments"] }, ["Bank away, o-78 failed", "o-78 placed"]],
  [
    "warnings and worse, by number or else by text",
    { severity: "warn" },
    ["all lost", "Bank away, o-78 failed", "order refused: o-77"],
  ],
  ["a trace", { traceId: trace }, ["Order placed: o-77"]],
  [
    "a saga, by its id and its traces",
    { saga: { id: "s-1", traceIds: [trace] } },
    ["o-78 placed", "Order placed: o-77"],
  ],
  ["an attribute, not its value under another name", { attributes: ["reason=stock"] }, ["order refused: o-77"]],
  ["an empty attribute, which is not an absent one", { attributes: ["empty="] }, ["order refused: o-77"]],
  ["all attributes", { attributes: ["reason=stock", "reason=other"] }, []],
] as const satisfies readonly (readonly [string, Partial<LogFilter>, readonly string[]])[])
  test(`logs: ${what}`, async () => {
    const wanted = { ...everyLog, window, ...filter };
    const listed = await listLogs(asker(), wanted, { cursor: undefined, limit: 50 });
    const told = listed.map(({ log }) => log.body);
    // Lines of one moment come in any order.
    assert.deepEqual(told.toSorted(), bodies.toSorted());
    assert.deepEqual(
      listed.map(({ log }) => log.time),
      listed
        .map(({ log }) => log.time)
        .toSorted()
        .reverse(),
    );
    assert.equal((await countLogs(asker(), wanted, 600)).total, bodies.length);
  });

for (const [words, text, isThere] of [
  ["ecole", "ECOLE", true],
  ["école", "une école", true],
  ["école", "ÉCOLE", false],
  ["ÉCOLE", "ÉCOLE", true],
  ["École", "ÉCOLE", true],
  ["77", "o-77", true],
  ["77", "o–77", false],
  ["o–77", "O–77", true],
  ["cole", "école", false],
] as const)
  test(`words: ${words} ${isThere ? "is" : "is not"} in ${text}, as in docs/semantics.md`, async () => {
    const found = sql`SELECT ${hasWords(words, sql`lower(${string(text)})`)} AS found`;
    assert.deepEqual(await asker().ask(found, z.object({ found: z.number() })), [{ found: isThere ? 1 : 0 }]);
  });

for (const limit of [1, 7, 40, 81])
  test(`logs: pages of ${limit} lead to every line, once`, async () => {
    const wanted = { ...everyLog, window };
    const seen: string[] = [];
    for (let cursor: LogCursor | undefined, last = false; !last; ) {
      const listed = await listLogs(asker(), wanted, { cursor, limit });
      seen.push(...listed.map(({ log }) => log.body));
      last = listed.length < limit;
      cursor = endOf(listed, cursor) ?? cursor;
    }
    const expected = [...lines.slice(1, -1), ...same, ...alike].map(({ Body }) => Body);
    assert.deepEqual(seen.toSorted(), expected.toSorted());
  });

test("logs: how they lie in time, by severity", async () => {
  const { total, series } = await countLogs(asker(), { ...everyLog, window, ...business }, 120);
  assert.equal(total, 6);
  assert.equal(series.length, 30);
  assert.deepEqual(series.slice(0, 3), [
    { at: "2026-06-01T12:00:00.000Z", lines: { info: 1, warn: 1 } },
    { at: "2026-06-01T12:02:00.000Z", lines: { info: 1, error: 1, fatal: 1 } },
    { at: "2026-06-01T12:04:00.000Z", lines: { none: 1 } },
  ]);
});

test("logs: too many lines are refused with how far to narrow the time", async () => {
  assert.equal(await refuseAbove(asker(), window, { most: 86, what: "this", of: "log lines" }), 86);
  await assert.rejects(refuseAbove(asker(), window, { most: 43, what: "this", of: "log lines" }), {
    code: "TOO_LARGE",
    message: /about 30m/,
  });
});
