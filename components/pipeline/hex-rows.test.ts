import assert from "node:assert/strict";
import { test } from "node:test";
import { hexRows, toBytes } from "./hex-rows.ts";

test("bytes in rows of sixteen", () => {
  const bytes = Uint8Array.from({ length: 18 }, (_, index) => index + 0x1f);
  assert.deepEqual(hexRows(bytes, 5), [
    { at: "000000", hex: "1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e", text: "· !\"#$%&'()*+,-." },
    { at: "000010", hex: "2f 30", text: "/0" },
  ]);
  assert.equal(hexRows(bytes, 1).length, 1);
  assert.deepEqual(hexRows(new Uint8Array(), 5), []);
});

test("what is told comes back as its bytes", () => {
  assert.deepEqual([...toBytes({ encoding: "base64", content: "/wA=" })], [0xff, 0]);
  assert.deepEqual([...toBytes({ encoding: "text", content: "é" })], [0xc3, 0xa9]);
});
