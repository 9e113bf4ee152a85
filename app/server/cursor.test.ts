import assert from "node:assert/strict";
import { test } from "node:test";
import { SagaSummary } from "#contracts/api/saga.ts";
import { sagaSorts } from "#contracts/words.ts";
import {
  readCursor,
  readDeadLetterCursor,
  readEventCursor,
  readLogCursor,
  readTraceCursor,
  writeCursor,
  writeDeadLetterCursor,
  writeEventCursor,
  writeLogCursor,
  writeTraceCursor,
} from "./cursor.ts";

const saga: SagaSummary = SagaSummary.parse({
  id: "order-ü/1",
  type: "order-fulfilment",
  version: "3",
  subject: "order/1",
  state: "compensating",
  verdicts: ["overdue", "inconsistent"],
  rules: [],
  startedAt: "2026-06-01T10:00:00.125Z",
  endedAt: null,
  durationMs: 875,
  lastEventAt: "2026-06-01T10:00:01.000Z",
  deadline: "2026-06-01T11:00:00.000Z",
  step: "refund-payment",
  labels: { sku: "mug", customerId: "c-7" },
  error: null,
  maxAttempt: 2,
  compensations: 1,
});
const startedMs = Date.UTC(2026, 5, 1, 10, 0, 0, 125);
const encoded = (written: readonly unknown[]) => Buffer.from(JSON.stringify(written)).toString("base64url");

const values: Record<(typeof sagaSorts)[number], number | string> = {
  started: startedMs,
  duration: 875,
  lastEvent: startedMs + 875,
  id: "order-ü/1",
  type: "order-fulfilment",
  version: "3",
  state: 2,
  step: "refund-payment",
  attempts: 2,
  compensations: 1,
  ended: Number.MAX_SAFE_INTEGER,
  deadline: Date.UTC(2026, 5, 1, 11),
  error: "\u{10FFFF}",
  subject: "order/1",
  label: "c-7",
  verdict: 3,
};

for (const by of sagaSorts) {
  test(`the cursor by ${by} comes back with its value, and is of this order alone`, () => {
    const text = writeCursor(saga, { by, direction: "asc" });
    assert.deepEqual(readCursor(text, { by, direction: "asc" }), { value: values[by], startedMs, id: saga.id });
    for (const other of sagaSorts) {
      for (const direction of ["asc", "desc"] as const) {
        if (other === by && direction === "asc") continue;
        assert.throws(() => readCursor(text, { by: other, direction }), { code: "BAD_REQUEST", message: /`next`/ });
      }
    }
  });
}

test("the longest names and ids make a cursor that the API takes", () => {
  const id = SagaSummary.shape.id.parse("\u{4e00}".repeat(256));
  const labels = { orderId: "\u{10000}".repeat(500) };
  const subject = "\u{10000}".repeat(250);
  for (const by of ["id", "label", "subject"] as const) {
    const cursor = writeCursor({ ...saga, id, labels, subject }, { by, direction: "asc" });
    assert.ok(cursor.length < 6000);
    assert.equal(readCursor(cursor, { by, direction: "asc" }).id, id);
  }
});

for (const [name, by, written] of [
  ["a text where a number belongs", "attempts", ["attempts.desc", "2", startedMs, "a"]],
  ["a number where a text belongs", "type", ["type.desc", 2, startedMs, "a"]],
  ["half a millisecond", "ended", ["ended.desc", 0.5, startedMs, "a"]],
  ["a moment that no store knows", "lastEvent", ["lastEvent.desc", 1e15, startedMs, "a"]],
  ["a start before all", "duration", ["duration.desc", 1, -1, "a"]],
  ["a NUL", "error", ["error.desc", "\0", startedMs, "a"]],
  ["no value", "started", ["started.desc", startedMs, "a"]],
  ["one more", "started", ["started.desc", startedMs, startedMs, "a", 1]],
] as const) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readCursor(encoded(written), { by, direction: "desc" }), {
      code: "BAD_REQUEST",
      message: /`next`/,
    });
  });
}

const time = "2026-06-01T10:00:00.123456789Z";
const deadAt = "2026-06-01T10:00:00.123Z";
const deadMs = Date.parse(deadAt);

test("the cursors of the other lists come back as they were written", () => {
  const line = { time, key: "18446744073709551615", given: 2 };
  assert.deepEqual(readLogCursor(writeLogCursor(line)), line);
  const letter = { id: "saga.events:0:7" };
  assert.deepEqual(readDeadLetterCursor(writeDeadLetterCursor({ deadAt, ...letter })), { deadMs, ...letter });
  const trace = { startedAt: time, id: "4bf92f3577b34da6a3ce929d0e0e4736" };
  assert.deepEqual(readTraceCursor(writeTraceCursor(trace)), trace);
  const event = { time, id: "order-ü/1" };
  assert.deepEqual(readEventCursor(writeEventCursor(event)), event);
});

for (const [name, read, written] of [
  ["a negative key", readLogCursor, ["log", time, "-1", 1]],
  ["no key", readLogCursor, ["log", time, "", 1]],
  ["a key in hexadecimal digits", readLogCursor, ["log", time, "0x1f", 1]],
  ["a key with a blank", readLogCursor, ["log", time, " 1", 1]],
  ["a key of more than 64 bits", readLogCursor, ["log", time, "18446744073709551616", 1]],
  ["a key as a number", readLogCursor, ["log", time, 1, 1]],
  ["more lines than there can be", readLogCursor, ["log", time, "1", 5e9]],
  ["a line of a year that no store knows", readLogCursor, ["log", "2299-06-01T10:00:00.123456789Z", "1", 1]],
  ["a death at no moment", readDeadLetterCursor, ["dead", 1e300, "x"]],
  ["a death before all", readDeadLetterCursor, ["dead", -1, "x"]],
  ["a death at half a millisecond", readDeadLetterCursor, ["dead", 0.5, "x"]],
  ["a letter with a NUL", readDeadLetterCursor, ["dead", deadMs, "\0"]],
  ["a trace with a lone surrogate", readTraceCursor, ["trace", time, "\ud800"]],
  ["a trace of the first year", readTraceCursor, ["trace", "0001-06-01T10:00:00.123456789Z", "x"]],
  ["an event with a NUL", readEventCursor, ["event", time, "\0"]],
  ["an event of a day that is none", readEventCursor, ["event", "2026-02-30T10:00:00.123456789Z", "x"]],
] as const) {
  test(`refused: ${name}`, () =>
    assert.throws(() => read(encoded(written)), { code: "BAD_REQUEST", message: /`next`/ }));
}
