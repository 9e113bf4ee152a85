import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compressSync } from "snappy";
import { gzipCodec, lz4Codec, mostUnpackedBytes, snappyCodec, TooLargeUnpacked, zstdCodec } from "./kafka-codecs.ts";

const codecs = { gzip: gzipCodec, snappy: snappyCodec, lz4: lz4Codec, zstd: zstdCodec };

for (const [name, codec] of Object.entries(codecs)) {
  test(`${name}: what goes in comes out`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), fc.nat({ max: 40 }), async (bytes, times) => {
        const buffer = Buffer.concat(Array.from({ length: times }, () => bytes));
        assert.deepEqual(await codec.decompress(await codec.compress({ buffer })), buffer);
      }),
      { numRuns: 50 },
    );
  });

  test(`${name}: what would take all memory is not unpacked, and what is as large as may be is`, async () => {
    const most = Buffer.alloc(mostUnpackedBytes);
    assert.equal((await codec.decompress(await codec.compress({ buffer: most }))).length, mostUnpackedBytes);
    const buffer = Buffer.alloc(mostUnpackedBytes + 1);
    await assert.rejects(codec.decompress(await codec.compress({ buffer })), TooLargeUnpacked);
  });
}

test("snappy without a frame, as librdkafka sends it", async () => {
  const text = Buffer.from("saga ".repeat(1_000));
  assert.deepEqual(await snappyCodec.decompress(compressSync(text)), text);
});

test("snappy in several blocks of one frame, as Java's clients send it", async () => {
  const one = await snappyCodec.compress({ buffer: Buffer.from("one,") });
  const two = await snappyCodec.compress({ buffer: Buffer.from("two") });
  assert.equal(`${await snappyCodec.decompress(Buffer.concat([one, two.subarray(16)]))}`, "one,two");
});

for (const { name, bytes } of [
  {
    name: "a length beyond the end",
    bytes: [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1],
  },
  { name: "noise", bytes: [9, 9, 9, 9] },
])
  test(`snappy that is ${name} is an error`, () => assert.rejects(snappyCodec.decompress(Buffer.from(bytes))));
