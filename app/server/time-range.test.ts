import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveRange, weekBefore, wholeMinutes } from "./time-range.ts";

const nowMs = Date.parse("2026-06-01T12:34:56.789Z");
const said = (range: Parameters<typeof resolveRange>[0], atMs = nowMs) => {
  const { window, bucketSeconds } = resolveRange(range, atMs);
  return [new Date(window.fromMs).toISOString(), new Date(window.toMs).toISOString(), bucketSeconds];
};

for (const { name, range, want } of [
  { name: "none is an hour", range: {}, want: ["2026-06-01T11:34:00.000Z", "2026-06-01T12:35:00.000Z", 60] },
  { name: "15m", range: { range: "15m" }, want: ["2026-06-01T12:19:50.000Z", "2026-06-01T12:35:00.000Z", 10] },
  { name: "24h", range: { range: "24h" }, want: ["2026-05-31T12:30:00.000Z", "2026-06-01T12:45:00.000Z", 900] },
  {
    name: "from and to are taken as they are",
    range: { from: "2026-06-01T10:00:01.000Z", to: "2026-06-01T12:00:00+01:00" },
    want: ["2026-06-01T10:00:01.000Z", "2026-06-01T11:00:00.000Z", 60],
  },
  {
    name: "from alone is up to now",
    range: { from: "2026-06-01T12:00:00Z" },
    want: ["2026-06-01T12:00:00.000Z", new Date(nowMs).toISOString(), 30],
  },
]) {
  test(`range: ${name}`, () => assert.deepEqual(said(range), want));
}

test("a relative range stands still within a bucket", () =>
  assert.deepEqual(said({ range: "1h" }, nowMs + 2000), said({ range: "1h" })));

for (const range of [
  { from: "2026-06-01T12:00:00Z", to: "2026-06-01T12:00:00Z" },
  { to: "2026-06-01T12:00:00Z" },
  { range: "1h", from: "2026-06-01T12:00:00Z" },
  { range: "999d" },
  { from: "2000-01-01T00:00:00Z" },
]) {
  test(`refused: ${JSON.stringify(range)}`, () => assert.throws(() => said(range), { code: "BAD_REQUEST" }));
}

test("the week before ends at the same moment of the week", () => {
  const { window } = resolveRange({ range: "1h" }, nowMs);
  const before = weekBefore(window, nowMs);
  assert.equal(window.fromMs - before.fromMs, 7 * 86_400_000);
  assert.equal(before.toMs, nowMs - 7 * 86_400_000);
});

test("whoever asks within one minute of a long stretch asks of the same week before", () => {
  const asked = (atMs: number, range: string) => wholeMinutes(weekBefore(resolveRange({ range }, atMs).window, atMs));
  const minuteMs = Math.floor(nowMs / 60_000) * 60_000;
  for (const range of ["6h", "24h", "30d"]) {
    assert.deepEqual(asked(minuteMs, range), asked(minuteMs + 59_999, range));
    assert.notDeepEqual(asked(minuteMs, range), asked(minuteMs + 60_000, range));
  }
  assert.notDeepEqual(asked(minuteMs, "1h"), asked(minuteMs + 59_999, "1h"));
});
