import assert from "node:assert/strict";
import { test } from "node:test";
import { adopt, hold, lend, letGo } from "./lent-bytes.ts";

test("lent bytes are there until the last who holds a part of them lets go", () => {
  const bytes = lend(100);
  const parts = [bytes.subarray(0, 50), bytes.subarray(50)];
  for (const part of parts) hold(part);
  const [first = bytes, second = bytes] = parts;
  letGo(first);
  assert.equal(second.length, 50);
  letGo(second);
  assert.deepEqual([bytes.length, first.length, second.length], [0, 0, 0]);
});

test("bytes that were not lent stay, whoever lets go of them", () => {
  const bytes = Buffer.from("others have a part of what this lies in");
  hold(bytes);
  letGo(bytes);
  assert.equal(bytes.toString(), "others have a part of what this lies in");
});

test("bytes are taken for lent where they are all of a memory, and only there", () => {
  const [whole, part] = [Buffer.allocUnsafeSlow(10), Buffer.allocUnsafeSlow(10).subarray(1)];
  for (const bytes of [whole, part]) {
    adopt(bytes);
    hold(bytes);
    letGo(bytes);
  }
  assert.deepEqual([whole.length, part.length], [0, 9]);
});
