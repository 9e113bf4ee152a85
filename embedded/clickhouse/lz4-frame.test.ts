import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import fc from "fast-check";
import { createLz4Decoder } from "./lz4-frame.ts";

const decode = (parts: readonly Uint8Array[]) => buffer(Readable.from(parts).pipe(createLz4Decoder()));

// "abcdefgh\n" 9,000 times, by the reference implementation: two blocks of 64 KiB, the second reaching into the first, all
// checksums; and two blocks on their own, with the content's size.
const linked =
  "BCJNGFxAaDwBAAAAAABGEwEAAJ9hYmNkZWZnaAoJAP//////////////////////////////////////////////////////////" +
  "////////////////////////////////////////////////////////////////////////////////////////////////////" +
  "////////////////////////////////////////////////////////////////////////////////////////////////////" +
  "///////////////////////////////////////////////////////////////////////////////////fUGNkZWZnxMXKaEYA" +
  "AAAP+f////////////////////////////////////////////////////////////////////////////////+MUGVmZ2gKWQzC" +
  "4gAAAACEkb+f";
const apart =
  "BCJNGGhAaDwBAAAAAADQEwEAAJ9hYmNkZWZnaAoJAP//////////////////////////////////////////////////////////" +
  "////////////////////////////////////////////////////////////////////////////////////////////////////" +
  "////////////////////////////////////////////////////////////////////////////////////////////////////" +
  "///////////////////////////////////////////////////////////////////////////////////fUGNkZWZnTwAAAJ9o" +
  "CmFiY2RlZmcJAP///////////////////////////////////////////////////////////////////////////////4NQZWZn" +
  "aAoAAAAA";
const content = "abcdefgh\n".repeat(9000);

for (const { name, frame } of [
  { name: "blocks that reach back, with checksums", frame: linked },
  { name: "blocks on their own, with the size", frame: apart },
]) {
  test(name, async () => {
    const bytes = Buffer.from(frame, "base64");
    assert.equal((await decode([bytes])).toString(), content);
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assert.equal((await decode([...single, bytes])).toString(), content + content);
    await assert.rejects(decode([bytes.subarray(0, -1)]), { code: 271 });
  });
}

/** A frame of stored blocks. */
function stored(blocks: readonly Uint8Array[]): Buffer {
  const size = (block: Uint8Array) => Buffer.from(Uint32Array.of((0x8000_0000 | block.length) >>> 0).buffer);
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
  return Buffer.concat([
    header,
    ...blocks.filter((block) => block.length > 0).flatMap((block) => [size(block), block]),
    Buffer.alloc(4),
  ]);
}

test("stored blocks, cut anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), fc.nat(), async (blocks, cut) => {
      const frame = stored(blocks);
      const at = cut % frame.length;
      assert.deepEqual(await decode([frame.subarray(0, at), frame.subarray(at)]), Buffer.concat(blocks));
    }),
  );
});

test("any bytes end in content or in an error with its code", async () => {
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0x00]);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (noise) => {
      const size = Buffer.from([noise.length, 0, 0, 0]);
      await decode([header, size, noise, Buffer.alloc(4)]).catch((error) => assert.equal(error.code, 271));
    }),
  );
});
