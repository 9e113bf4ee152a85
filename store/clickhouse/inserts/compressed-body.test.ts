import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { compressedBody } from "./compressed-body.ts";

test("pieces of any size are in the body, one after the other, and slice by slice", () => {
  const pieces = [5_000_000, 0, 1, 2 << 20].map((size) => randomBytes(size));
  const slices = [...compressedBody(pieces)].map((slice) => zstdDecompressSync(slice));
  assert.ok(Buffer.concat(slices).equals(Buffer.concat(pieces)));
  assert.deepEqual(
    slices.map(({ length }) => length),
    [2_097_152, 2_097_152, 805_696, 1, 2_097_152],
  );
});

test("of a body that nobody reads to its end no more slices are made", () => {
  let asked = 0;
  function* pieces(): Generator<Uint8Array> {
    for (; ; asked += 1) yield Buffer.from("piece");
  }
  for (const slice of compressedBody(pieces())) if (slice.length > 0 && asked === 3) break;
  assert.equal(asked, 3);
});
