import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { compressedBody } from "./compressed-body.ts";

/** Pieces that all lie in the same bytes, each of numbers that compress badly. */
function* piecesIn(desk: Buffer, count: number): Generator<Uint8Array> {
  for (let piece = 0; piece < count; piece += 1) {
    for (let at = 0; at + 4 <= desk.length; at += 4)
      desk.writeUInt32LE(Math.imul(piece * 65_536 + at, 2_654_435_761) >>> 0, at);
    yield desk;
  }
}

test("each piece is in the body as it was when it was asked for, however slowly that is read", async () => {
  const copies: Buffer[] = [];
  for (const piece of piecesIn(Buffer.alloc(300_000), 20)) copies.push(Buffer.from(piece));
  const body = compressedBody(piecesIn(Buffer.alloc(300_000), 20));
  const read: Buffer[] = [];
  for await (const chunk of body) {
    read.push(chunk);
    await new Promise(setImmediate);
  }
  assert.ok(zstdDecompressSync(Buffer.concat(read)).equals(Buffer.concat(copies)));
});

test("what fails while it is made fails the body", async () => {
  function* failing(): Generator<Uint8Array> {
    yield Buffer.from("begun");
    throw new Error("out of pieces");
  }
  await assert.rejects(buffer(compressedBody(failing())), /out of pieces/);
});

test("a body that nobody reads to its end is let go without a word", async () => {
  const body = compressedBody(piecesIn(Buffer.alloc(300_000), 20));
  body.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(body.destroyed, true);
});
