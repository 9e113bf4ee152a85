import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareText, eventsUntil, wholeMs } from "./distinct-events.ts";

const at = (nanos: bigint) => {
  const seconds = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanos % 1_000_000_000n).padStart(9, "0")}Z`;
};

test("a moment belongs to the millisecond in which it lies, however near its end", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1_700_000_000_000n, max: 1_900_000_000_000n }),
      fc.nat({ max: 999_999 }),
      (ms, rest) => {
        const time = at(ms * 1_000_000n + BigInt(rest));
        assert.equal(wholeMs(time), Number(ms));
        assert.deepEqual(eventsUntil([{ time }], Number(ms)), [{ time }]);
        assert.deepEqual(eventsUntil([{ time }], Number(ms) - 1), []);
      },
    ),
    { examples: [[1_770_000_000_123n, 999_900]] },
  );
});

test("times of fewer digits are whole as well", () => {
  assert.equal(wholeMs("2026-11-23T10:00:00Z"), Date.UTC(2026, 10, 23, 10));
  assert.equal(wholeMs("2026-11-23T10:00:00.5Z"), Date.UTC(2026, 10, 23, 10) + 500);
});

test("texts are compared as their bytes are", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "é", "\u{e000}", "\u{ffff}", "\u{10000}", "\u{1f600}"),
    maxLength: 4,
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2_000 },
  );
});
