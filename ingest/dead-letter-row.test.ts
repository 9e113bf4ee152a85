import assert from "node:assert/strict";
import { test } from "node:test";
import { firstSagaPart } from "#contracts/dead-letter.ts";
import { deadLetterRows } from "./dead-letter-row.ts";
import type { Dead } from "./encoded.ts";
import { bytesOf, message } from "./testing.ts";

const death = { reason: "not_json", detail: "no" } as const;
const linesOf = (dead: Dead[]) => bytesOf(deadLetterRows(dead, 5)).toString("latin1").trimEnd().split("\n");
const rows = (dead: Dead[]) => linesOf(dead).map((line) => JSON.parse(line));

test("headers keep their bytes, repetitions and nulls, whatever they are called", () => {
  const headers = { a: Buffer.from([0xff, 0x22]), b: ["1", null, "2"], none: null, ["__proto__"]: "x" };
  const [row] = rows([{ message: message("v", { headers }), death }]);
  assert.deepEqual(
    row[6].map(({ name, value }: { name: string; value: string | null }) => [name, value]),
    [
      ["a", '\xff"'],
      ["b", "1"],
      ["b", null],
      ["b", "2"],
      ["none", null],
      ["__proto__", "x"],
    ],
  );
  assert.equal(JSON.stringify(row[5]), JSON.stringify({ a: 'ï¿½"', b: "1,,2", none: "", ["__proto__"]: "x" }));
});

test("bytes are kept whatever they are and however many, in no more than twice as many", () => {
  const [quotes, backslashes] = [Buffer.alloc(1_500_000, '"'), Buffer.alloc(1_500_000, "\\")];
  const value = Buffer.concat([quotes, backslashes, Buffer.from("🎈".repeat(300_000))]);
  const [row] = rows([{ message: message(value), death }]);
  assert.ok(Buffer.from(row[4], "latin1").equals(value));
  assert.ok(deadLetterRows([{ message: message(Buffer.alloc(64_000_000)), death }], 5).bytes < 65_000_000);
});

test("many are compressed in pieces, and none is left out or torn", () => {
  const values = Array.from({ length: 50 }, (_, index) => String(index).repeat(100_000));
  const dead = values.map((value) => ({ message: message(value), death }));
  const { packed, bytes } = deadLetterRows(dead, 5);
  assert.ok(packed.length > 1);
  assert.equal(bytes, bytesOf({ packed, bytes }).length);
  assert.deepEqual(
    rows(dead).map((row) => row[4]),
    values,
  );
  assert.deepEqual(deadLetterRows([], 5), { packed: [], bytes: 0 });
});

test("what is null is told from what is empty", () => {
  const [nothing, empty] = rows([
    { message: message(null, { key: null }), death },
    { message: message("", { key: Buffer.alloc(0) }), death },
  ]);
  assert.deepEqual(nothing.slice(7, 9), [true, true]);
  assert.deepEqual(empty.slice(7, 9), [false, false]);
});

test("words that quote half a character are well-formed text", () => {
  const [row] = rows([{ message: message("😀"), death: { ...death, detail: "Unexpected token '\ud83d'" } }]);
  assert.equal(row[12], "Unexpected token 'ï¿½'");
});

test("records of one message are numbered, messages are not", () => {
  const at = (offset: bigint, isPart: boolean): Dead => ({ message: message("v", { offset }), death, isPart });
  const parts = rows([at(1n, true), at(2n, true), at(1n, true), at(3n, false)]).map((row) => [row[2], row[9]]);
  assert.deepEqual(parts, [
    [1, 1],
    [2, 1],
    [1, 2],
    [3, 0],
  ]);
});

test("the records of one message that tell nothing of their sagas are counted apart from those that are not stored", () => {
  const at = (firstPart?: number): Dead => ({
    message: message("v"),
    death,
    isPart: true,
    ...(firstPart ? { firstPart } : {}),
  });
  const numbers = [at(), at(), at(firstSagaPart), at(firstSagaPart)];
  assert.deepEqual(
    [...rows(numbers.slice(0, 2)), ...rows(numbers.slice(2))].map((row) => row[9]),
    [1, 2, 1_000_000_000, 1_000_000_001],
  );
});

for (const { name, header, of } of [
  { name: "a replay", header: "saga.events/1/5", of: "saga.events:1:5" },
  { name: "a replay from another topic", header: "otlp_spans/1/5", of: "" },
  { name: "a header that names no place", header: "x", of: "" },
])
  test(`${name} is of “${of}”`, () => {
    const [row] = rows([{ message: message("v", { headers: { "sagascope-replay-of": header } }), death }]);
    assert.equal(row[10], of);
  });
