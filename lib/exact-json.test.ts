import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseToRewrite } from "./exact-json.ts";

const rewritten = (text: string) => JSON.stringify(parseToRewrite(text));

for (const number of ["12345678901234567890", "1.10", "1e400", "-0", "-0.0", "1E3", "123.0", "9007199254740993", "7"])
  test(`${number} is written as it was`, () => {
    assert.equal(rewritten(`{"a": [${number}], "b": "${number}"}`), `{"a":[${number}],"b":"${number}"}`);
  });

test("however a number is written, it is written so again", () => {
  const digits = fc.integer({ min: 0, max: 20 });
  const forms = fc.constantFrom("toFixed", "toExponential", "toPrecision");
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }),
      digits,
      forms,
      (number, places, form) => {
        const text = `[${number[form](Math.max(1, places))}]`;
        assert.equal(rewritten(text), text);
      },
    ),
  );
});

test("all else is as JSON has it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.equal(rewritten(text), text);
    }),
  );
});

test("what is not JSON is an error", () => {
  assert.throws(() => parseToRewrite("{1.5"), SyntaxError);
  assert.throws(() => parseToRewrite("nothing"), SyntaxError);
});
