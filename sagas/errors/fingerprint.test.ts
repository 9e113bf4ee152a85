import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fingerprintOf, normaliseMessage } from "./fingerprint.ts";
import { messageCases } from "./message-cases.ts";

for (const [message, normalised] of messageCases) {
  test(`message: ${JSON.stringify(message).slice(0, 60)}`, () => assert.equal(normaliseMessage(message), normalised));
}

test("which saga it was makes no difference", () => {
  const id = fc.oneof(
    fc.uuid(),
    fc.nat().map(String),
    fc.ipV4(),
    fc.nat().map((number) => `order-${number}`),
    fc.webUrl({ validSchemes: ["https"] }),
    fc.emailAddress(),
    fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(id, id, (one, other) => {
      const of = (value: string) => normaliseMessage(`could not charge "${value}" for them`);
      assert.equal(of(one), of(other));
    }),
  );
});

test("it is bounded, and no number that stands alone is left", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.nat().map(String))), (words) => {
      const message = words.join(" ");
      const normalised = normaliseMessage(message);
      assert.ok([...normalised].length <= 1000);
      assert.doesNotMatch(normalised, /(?:^| )[0-9]+(?: |$)/);
    }),
  );
});

test("a long message costs little", () => {
  for (const unit of ["1", "a", "a1", "-", "a-", ".", "1:", "'", "a.", "%", "é"]) {
    const began = performance.now();
    normaliseMessage(unit.repeat(1_000));
    assert.ok(performance.now() - began < 100, unit);
  }
});

test("code and step tell errors apart, numbers in the message do not", () => {
  const error = { code: "bank_down", step: "charge", message: "no answer after 30s" };
  assert.deepEqual(fingerprintOf(error), fingerprintOf({ ...error, message: "no answer after 31s" }));
  assert.notDeepEqual(fingerprintOf(error), fingerprintOf({ ...error, step: "refund" }));
});
