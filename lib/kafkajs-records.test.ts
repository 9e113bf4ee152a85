import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import kafkajs, { type IHeaders } from "kafkajs";
import { installCodecs } from "./kafka-codecs.ts";
import { decodeRecordBatch } from "./kafkajs-records.ts";

const require = createRequire(import.meta.url);
type TheirRecord = Record<"offset" | "timestamp", string> &
  Record<"key" | "value", Buffer | null> & { readonly headers: IHeaders };
const theirs = require("kafkajs/src/protocol/recordBatch/v0/decoder.js") as (
  answer: Parameters<typeof decodeRecordBatch>[0],
) => Promise<{ readonly records: readonly TheirRecord[] }>;
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0/index.js") as {
  RecordBatch(batch: unknown): Promise<{ buffer: Buffer }>;
};
const recordOf = require("kafkajs/src/protocol/recordBatch/record/v0/index.js") as (record: unknown) => unknown;
const Decoder = require("kafkajs/src/protocol/decoder.js") as new (
  bytes: Buffer,
) => Parameters<typeof decodeRecordBatch>[0];

installCodecs();

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
          records: made.map((record, offsetDelta) => recordOf({ ...record, offsetDelta })),
        });
        const expected = await theirs(new Decoder(buffer));
        const { records: found, magicByte, ...context } = await decodeRecordBatch(new Decoder(buffer));
        const { records: wanted, ...theirContext } = expected;
        assert.deepEqual(context, theirContext);
        assert.equal(magicByte, 2);
        const [batch] = found;
        assert.ok(batch);
        assert.deepEqual([found.length, batch.count], [1, wanted.length]);
        assert.deepEqual([batch.isControlRecord, batch.batchContext], [false, { ...context, magicByte }]);
        assert.equal(batch.offset, wanted.at(-1)?.offset);
        for (const [index, { offset, timestamp, key, value, headers }] of wanted.entries()) {
          assert.equal(String(batch.offsetAt(index)), offset);
          assert.equal(String(batch.timestampAt(index)), timestamp);
          assert.deepEqual([batch.keyAt(index), batch.valueAt(index)], [key, value]);
          assert.deepEqual(batch.headersAt(index), headers);
          assert.equal(batch.valueLengthAt(index), value?.length ?? -1);
          const copy = Buffer.alloc(value?.length ?? 0);
          assert.equal(batch.copyValue(index, copy, 0), copy.length);
          assert.deepEqual(copy, value ?? Buffer.alloc(0));
          for (const name of Object.keys(headers)) assert.ok(batch.hasHeaderAt(index, name));
          assert.ok(!batch.hasHeaderAt(index, "a name that none has"));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("a batch that the answer holds only the beginning of is told apart", async () => {
  const { buffer } = await RecordBatch({
    records: [recordOf({ offsetDelta: 0, timestampDelta: 0, value: "all of it" })],
  });
  await assert.rejects(decodeRecordBatch(new Decoder(buffer.subarray(0, -1))), { name: "KafkaJSPartialMessageError" });
});
