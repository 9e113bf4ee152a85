import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
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
  const body = compressedBody(failing());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await assert.rejects(pipeline(body, new PassThrough()), /out of pieces/);
});

test("of a body that nobody reads to its end no more pieces are made", async () => {
  let made = 0;
  function* counted(): Generator<Uint8Array> {
    for (const piece of piecesIn(Buffer.alloc(300_000), 1_000)) {
      made += 1;
      yield piece;
    }
  }
  const body = compressedBody(counted());
  await once(body, "readable");
  body.destroy();
  await once(body, "close");
  const then = made;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(made === then && made < 1_000, `${made}`);
});
