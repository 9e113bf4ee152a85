import assert from "node:assert/strict";
import { test } from "node:test";
import { alignRows, bucketsOver, indexAt, isUnfinished, stretch } from "./buckets.ts";

const minute = 60_000;
const at = (text: string) => Date.parse(`2026-11-23T${text}Z`);

test("buckets cover the range from the one that holds its beginning", () => {
  const { startsMs } = bucketsOver(
    { fromMs: at("12:00:30"), toMs: at("12:03:10") },
    { bucketMs: minute, anchorMs: at("12:02:00") },
  );
  assert.deepEqual(startsMs, [at("12:00:00"), at("12:01:00"), at("12:02:00"), at("12:03:00")]);
});

test("an anchor before the range gives the same raster", () => {
  const { startsMs } = bucketsOver(
    { fromMs: at("12:01:00"), toMs: at("12:03:00") },
    { bucketMs: minute, anchorMs: at("11:00:00") },
  );
  assert.deepEqual(startsMs, [at("12:01:00"), at("12:02:00")]);
});

test("missing buckets are gaps, not shifts", () => {
  const buckets = { startsMs: [at("12:00:00"), at("12:01:00"), at("12:02:00")], bucketMs: minute };
  const rows = [
    { at: "2026-11-23T12:02:00.000Z", n: 2 },
    { at: "2026-11-23T12:00:00Z", n: 1 },
  ];
  assert.deepEqual(
    alignRows(rows, buckets).map((row) => row?.n),
    [1, undefined, 2],
  );
});

test("the bucket that holds now is unfinished, the one before is not", () => {
  assert.equal(isUnfinished(at("12:00:00"), minute, at("12:00:59")), true);
  assert.equal(isUnfinished(at("12:00:00"), minute, at("12:01:00")), false);
});

test("a place in the plot is a bucket, the edges too", () => {
  assert.deepEqual(
    [-0.1, 0, 0.49, 0.5, 1].map((share) => indexAt(share, 4)),
    [0, 0, 1, 2, 3],
  );
});

test("a drag to the left selects what a drag to the right does", () => {
  const buckets = { startsMs: [0, 10, 20, 30], bucketMs: 10 };
  assert.deepEqual(stretch(buckets, 3, 1), { fromMs: 10, toMs: 40 });
  assert.deepEqual(stretch(buckets, 1, 3), { fromMs: 10, toMs: 40 });
});
