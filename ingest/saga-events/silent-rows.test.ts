import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SagaId } from "#contracts/ids.ts";
import { SilentRows } from "./silent-rows.ts";

test("each row comes back whole under its start, whatever it holds and however long it is", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer({ min: 0, max: 400_000 }).map((length) => "é".repeat(length)),
  );
  const startMs = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2039, 11, 31) });
  fc.assert(
    fc.property(fc.array(fc.record({ text, startMs }), { maxLength: 8 }), (told) => {
      const rows = new SilentRows();
      for (const [index, one] of told.entries()) {
        const hint = {
          correlationid: SagaId.parse(String(index)),
          sagastarted: undefined,
          time: "",
          type: "saga.started" as const,
        };
        rows.add({ hint, row: { before: `[${JSON.stringify(one.text)},`, after: `,${index}]\n` } });
      }
      const lines = [...rows.lines(({ correlationid }) => told[Number(correlationid)]?.startMs ?? 0)];
      assert.deepEqual(
        lines.map((line) => JSON.parse(String(line))),
        told.map((one, index) => [one.text, one.startMs, index]),
      );
    }),
    { numRuns: 50 },
  );
});
