import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import kafkajs from "kafkajs";
import { installCodecs } from "./kafka-codecs.ts";
import { decodeRecordBatch } from "./kafkajs-records.ts";

const require = createRequire(import.meta.url);
const theirs = require("kafkajs/src/protocol/recordBatch/v0/decoder.js") as typeof decodeRecordBatch;
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0/index.js") as {
  RecordBatch(batch: unknown): Promise<{ buffer: Buffer }>;
};
const Record = require("kafkajs/src/protocol/recordBatch/record/v0/index.js") as (record: unknown) => unknown;
const Decoder = require("kafkajs/src/protocol/decoder.js") as new (
  bytes: Buffer,
) => Parameters<typeof decodeRecordBatch>[0];

installCodecs();

const seen = ["offset", "timestamp", "key", "value", "headers", "attributes", "isControlRecord", "magicByte"] as const;
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const headers = fc.dictionary(
  fc.string({ maxLength: 20 }).map((name) => `x-${name}`),
  fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })),
  {
    maxKeys: 4,
  },
);
const records = fc.array(
  fc.record({
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers,
    timestampDelta: fc.integer({ min: -100_000_000_000, max: 100_000_000_000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

test("each record says what kafkajs's own decoder says of it, in every compression", async () => {
  await fc.assert(
    fc.asyncProperty(
      records,
      fc.bigInt({ min: 0n, max: 1n << 50n }),
      fc.constantFrom(...Object.values(kafkajs.CompressionTypes).filter((type) => typeof type === "number")),
      async (made, firstOffset, compression) => {
        const { buffer } = await RecordBatch({
          compression,
          firstOffset: String(firstOffset),
          firstTimestamp: 1_770_000_000_000,
          maxTimestamp: 1_770_000_000_000,
          lastOffsetDelta: made.length - 1,
          records: made.map((record, offsetDelta) => Record({ ...record, offsetDelta })),
        });
        const expected = await theirs(new Decoder(buffer));
        const { records: found, magicByte, ...context } = await decodeRecordBatch(new Decoder(buffer));
        const { records: wanted, ...theirContext } = expected;
        assert.deepEqual(context, theirContext);
        assert.equal(magicByte, 2);
        assert.equal(found.length, wanted.length);
        for (const [index, record] of found.entries()) {
          for (const name of seen) assert.deepEqual(record[name], wanted[index]?.[name], name);
          assert.equal(record.place, firstOffset + BigInt(index));
          assert.equal(record.valueLength, record.value?.length ?? -1);
          const copy = Buffer.alloc(record.value?.length ?? 0);
          assert.equal(record.copyValue(copy, 0), copy.length);
          assert.deepEqual(copy, record.value ?? Buffer.alloc(0));
          for (const name of Object.keys(record.headers)) assert.ok(record.hasHeader(name));
          assert.ok(!record.hasHeader("a name that none has"));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("a batch that the answer holds only the beginning of is told apart", async () => {
  const { buffer } = await RecordBatch({
    records: [Record({ offsetDelta: 0, timestampDelta: 0, value: "all of it" })],
  });
  await assert.rejects(decodeRecordBatch(new Decoder(buffer.subarray(0, -1))), { name: "KafkaJSPartialMessageError" });
});
