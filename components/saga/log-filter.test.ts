import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRow } from "#contracts/api/saga.ts";
import { filterLogs, severityOf } from "./log-filter.ts";

const log = (severity: string, body: string, attributes: Record<string, string> = {}): LogRow => ({
  time: "2026-11-23T12:04:05.000000000Z",
  severity,
  service: "payments",
  body,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  attributes,
});
const logs = [
  log("INFO", "charged 99.99 EUR"),
  log("WARN", "carrier is slow"),
  log("Error", "no answer", { code: "carrier_timeout" }),
];

for (const [text, severity] of [
  ["INFO", "info"],
  ["WARNING", "warn"],
  ["ERR", "error"],
  ["Information", "info"],
  ["", "info"],
  ["INFO2", "info"],
] as const) {
  test(`severity ${JSON.stringify(text)} is ${severity}`, () => assert.equal(severityOf(text), severity));
}

for (const { name, filter, bodies } of [
  { name: "no filter keeps all", filter: { text: "", least: "trace" as const }, bodies: logs.map(({ body }) => body) },
  {
    name: "a severity keeps what is as severe",
    filter: { text: "", least: "warn" as const },
    bodies: ["carrier is slow", "no answer"],
  },
  {
    name: "a text is found in bodies and attributes, in any case",
    filter: { text: "CARRIER", least: "trace" as const },
    bodies: ["carrier is slow", "no answer"],
  },
  {
    name: "an attribute is found by key and value",
    filter: { text: "code=carrier", least: "trace" as const },
    bodies: ["no answer"],
  },
  { name: "another trace has none", filter: { text: "", least: "trace" as const, trace: "aa" }, bodies: [] },
]) {
  test(name, () =>
    assert.deepEqual(
      filterLogs(logs, filter).map(({ body }) => body),
      bodies,
    ),
  );
}
