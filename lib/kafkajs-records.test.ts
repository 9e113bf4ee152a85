import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import kafkajs, { type IHeaders } from "kafkajs";
import { installCodecs, mostUnpackedBytes } from "./kafka-codecs.ts";
import { decodeRecordBatch, markAborted, mendRecords, type RecordBatch } from "./kafkajs-records.ts";

const require = createRequire(import.meta.url);
type TheirRecord = Record<"offset" | "timestamp", string> &
  Record<"key" | "value", Buffer | null> & { readonly headers: IHeaders };
const theirs = require("kafkajs/src/protocol/recordBatch/v0/decoder.js") as (
  answer: Parameters<typeof decodeRecordBatch>[0],
) => Promise<{ readonly records: readonly TheirRecord[] }>;
const { RecordBatch: encodeBatch } = require("kafkajs/src/protocol/recordBatch/v0/index.js") as {
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
        const { buffer } = await encodeBatch({
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
          const from: number = batch.valuePlaceAt(index);
          const length: number = value?.length ?? 0;
          assert.deepEqual(batch.sourceAt(index)?.subarray(from, from + length) ?? null, value);
          for (const name of Object.keys(headers)) assert.ok(batch.hasHeaderAt(index, name));
          assert.ok(!batch.hasHeaderAt(index, "a name that none has"));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("of a batch that is too large to be unpacked each record has its place, and says why there is no more of it", async () => {
  const { buffer } = await encodeBatch({
    compression: kafkajs.CompressionTypes.GZIP,
    firstOffset: "1000",
    firstTimestamp: 1_770_000_000_000,
    maxTimestamp: 1_770_000_000_000,
    lastOffsetDelta: 199,
    records: [0, 199].map((offsetDelta) =>
      recordOf({ offsetDelta, timestampDelta: 0, key: "k", value: Buffer.alloc(mostUnpackedBytes / 2) }),
    ),
  });
  const [batch] = (await decodeRecordBatch(new Decoder(buffer))).records;
  assert.ok(batch);
  assert.match(batch.unread ?? "", /unpacks to more than/);
  assert.deepEqual([batch.count, batch.offsetAt(0), batch.offsetAt(1), batch.offset], [2, 1198n, 1199n, "1199"]);
  assert.deepEqual([batch.keyAt(1), batch.valueAt(1), batch.headersAt(1)], [null, null, {}]);
  assert.equal(batch.timestampAt(1), 1_770_000_000_000);
});

test("a batch that the answer holds only the beginning of is told apart", async () => {
  const { buffer } = await encodeBatch({
    records: [recordOf({ offsetDelta: 0, timestampDelta: 0, value: "all of it" })],
  });
  await assert.rejects(decodeRecordBatch(new Decoder(buffer.subarray(0, -1))), { name: "KafkaJSPartialMessageError" });
});

const attributesAt = 21;
const ofControl = 0x20;

/** A batch from that offset on of a producer's transaction; or what ends one. */
async function batchOf(
  producerId: string,
  firstOffset: number,
  what: "records" | "abort" | "commit",
): Promise<RecordBatch> {
  const count = what === "records" ? 4 : 1;
  const key = what === "records" ? "key" : Buffer.from([0, 0, 0, what === "abort" ? 0 : 1]);
  const { buffer } = await encodeBatch({
    firstOffset: String(firstOffset),
    lastOffsetDelta: count - 1,
    transactional: true,
    producerId,
    records: Array.from({ length: count }, (_, offsetDelta) =>
      recordOf({ offsetDelta, timestampDelta: 0, key, value: "x" }),
    ),
  });
  if (what !== "records") buffer[attributesAt + 1] = (buffer[attributesAt + 1] ?? 0) | ofControl;
  const [batch] = (await decodeRecordBatch(new Decoder(buffer))).records;
  assert.ok(batch);
  return batch;
}

mendRecords();
const Batch = require("kafkajs/src/consumer/batch.js") as new (
  topic: string,
  fetchedOffset: string,
  partition: unknown,
) => {
  readonly messages: readonly unknown[];
  firstOffset(): string;
  lastOffset(): string;
  isEmptyDueToFiltering(): boolean;
};
const fetched = (from: number, messages: readonly RecordBatch[]) =>
  new Batch("topic", String(from), { partition: 0, highWatermark: "100", abortedTransactions: [], messages });

test("of the transactions that were aborted nothing is seen, however many were open where a fetch begins", async () => {
  const [ofOne, ofTwo, ofThree] = [
    await batchOf("1", 24, "records"),
    await batchOf("2", 20, "records"),
    await batchOf("3", 28, "records"),
  ];
  const abortOfTwo = await batchOf("2", 32, "abort");
  const again = await batchOf("2", 33, "records");
  const abortOfOne = await batchOf("1", 37, "abort");
  const commits = [await batchOf("3", 38, "commit"), await batchOf("2", 39, "commit")];
  const all = [ofTwo, ofOne, ofThree, abortOfTwo, again, abortOfOne, ...commits];
  // In the order in which they ended, as a broker tells them.
  markAborted(all, [
    { producerId: "2", firstOffset: "12" },
    { producerId: "1", firstOffset: "10" },
  ]);
  const batch = fetched(20, all);
  assert.deepEqual(batch.messages, [ofThree, again]);
  assert.deepEqual([batch.firstOffset(), batch.lastOffset()], ["20", "39"]);
  const nothing = fetched(20, [ofTwo, ofOne]);
  assert.deepEqual([nothing.messages, nothing.firstOffset(), nothing.lastOffset()], [[], "20", "27"]);
  assert.ok(nothing.isEmptyDueToFiltering());
});

test("a batch that begins before what was asked for is told from there on, one that ends before it not at all", async () => {
  const [before, astride] = [await batchOf("1", 16, "records"), await batchOf("1", 20, "records")];
  const batch = fetched(22, [before, astride]);
  assert.deepEqual([batch.messages, batch.firstOffset(), batch.lastOffset()], [[astride], "22", "23"]);
});

test("of a batch that was released nothing can be read any more, and what was not is untouched", async () => {
  const [first, second] = [await batchOf("1", 16, "records"), await batchOf("1", 20, "records")];
  first.release();
  first.release();
  assert.throws(() => first.valueAt(0), /released/);
  assert.throws(() => first.sourceAt(0), /released/);
  assert.ok(second.valueAt(0));
});
