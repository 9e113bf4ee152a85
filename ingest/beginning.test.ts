import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Standing } from "#lib/kafkajs-generation.ts";
import {
  type Beginning,
  beginAt,
  furthest,
  type Gap,
  gapReasons,
  type Held,
  type Known,
  mayBeOfOldLog,
  readGap,
  standingOf,
  writeGap,
} from "./beginning.ts";
import { type Range, writeRange } from "./plan-chunk.ts";

const nowMs = 99;
const logId = "the topic's id";
const range = { min: 10n, max: 20n, atMs: 5 };
const at = (offset: bigint | undefined, chunk?: Range): Standing => ({
  offset,
  metadata: chunk ? writeRange(chunk) : null,
});
const log = (low: bigint, high: bigint) => ({ low, high });
const gap = (from: bigint, to: bigint, reason: Gap["reason"], atMs = nowMs): Gap => ({ from, to, reason, atMs });

for (const { name, standing, ends, known, held, beginning } of [
  {
    name: "a group that was never here begins where the log does",
    standing: [undefined, null],
    ends: log(3n, 9n),
    beginning: { at: 3n },
  },
  { name: "a group goes on where it was", standing: [5n, null], ends: log(3n, 9n), beginning: { at: 5n } },
  {
    name: "with the range that was written down",
    standing: [10n, writeRange(range)],
    ends: log(3n, 30n),
    beginning: { at: 10n, range },
  },
  { name: "all is read", standing: [9n, null], ends: log(3n, 9n), beginning: { at: 9n } },
  {
    name: "retention passed it",
    standing: [5n, null],
    ends: log(8n, 9n),
    beginning: { at: 8n, gap: gap(5n, 7n, "retention") },
  },
  {
    name: "retention took the head of a chunk",
    standing: [10n, writeRange(range)],
    ends: log(15n, 30n),
    beginning: { at: 15n, range, gap: gap(10n, 14n, "retention_in_chunk", 5) },
  },
  {
    name: "retention took a chunk and more",
    standing: [10n, writeRange(range)],
    ends: log(25n, 30n),
    beginning: { at: 21n, gap: gap(10n, 20n, "retention_in_chunk", 5) },
  },
  {
    name: "a log that was cut holds nothing that is not stored",
    standing: [50n, null],
    ends: log(0n, 30n),
    held: { next: 50n, of: "same" },
    beginning: { at: 30n },
  },
  {
    name: "a log that was cut under a chunk",
    standing: [50n, writeRange({ min: 50n, max: 59n, atMs: 5 })],
    ends: log(0n, 30n),
    held: { next: 50n, of: "same" },
    beginning: { at: 30n, gap: gap(50n, 59n, "log_cut", 5) },
  },
  {
    name: "a log that was cut under a chunk that is stored",
    standing: [50n, writeRange({ min: 50n, max: 59n, atMs: 5 })],
    ends: log(0n, 30n),
    held: { next: 60n, of: "unknown" },
    beginning: { at: 30n },
  },
  {
    name: "an offset that somebody moved beyond the end, with some not stored",
    standing: [50n, null],
    ends: log(0n, 30n),
    held: { next: 20n, of: "same" },
    beginning: { at: 20n },
  },
  {
    name: "an offset beyond the end of another log",
    standing: [50n, null],
    ends: log(0n, 30n),
    held: { next: 50n, of: "another" },
    beginning: { at: 0n },
  },
  {
    name: "an offset beyond the end, and nothing stored",
    standing: [50n, null],
    ends: log(0n, 30n),
    beginning: { at: 0n },
  },
  {
    name: "a group that lost its offsets goes on after what is stored",
    standing: [undefined, null],
    ends: log(0n, 30n),
    held: { next: 20n, of: "same" },
    beginning: { at: 20n },
  },
  {
    name: "and also where Kafka cannot tell whether it is the same log",
    standing: [undefined, null],
    ends: log(0n, 30n),
    held: { next: 30n, of: "unknown" },
    beginning: { at: 30n },
  },
  {
    name: "what retention took while the offsets were lost is a gap",
    standing: [undefined, null],
    ends: log(25n, 30n),
    held: { next: 20n, of: "same" },
    beginning: { at: 25n, gap: gap(20n, 24n, "retention") },
  },
  {
    name: "a log that was cut while the offsets were lost",
    standing: [undefined, null],
    ends: log(0n, 10n),
    held: { next: 20n, of: "same" },
    beginning: { at: 10n },
  },
  {
    name: "a topic that was made anew while nobody ran",
    standing: [undefined, null],
    ends: log(0n, 30n),
    held: { next: 20n, of: "another" },
    beginning: { at: 0n },
  },
  {
    name: "a log without an id that is shorter than what is stored",
    standing: [undefined, null],
    ends: log(0n, 10n),
    held: { next: 20n, of: "unknown" },
    beginning: { at: 0n },
  },
  {
    name: "offsets that somebody deleted under our eyes",
    standing: [undefined, null],
    ends: log(0n, 30n),
    known: { next: 20n, end: 30n },
    held: { next: 20n, of: "same" },
    beginning: { at: 20n },
  },
  {
    name: "offsets that were lost while all that is stored of the log is less than an older one had",
    standing: [undefined, null],
    ends: log(0n, 30n),
    known: { next: 20n, end: 30n, logId },
    beginning: { at: 20n },
  },
  {
    name: "what is ours without a break goes on where it was, whatever the store holds",
    standing: [undefined, null],
    ends: log(0n, 30n),
    known: { next: 20n, end: 30n, logId },
    held: { next: 25n, of: "same" },
    beginning: { at: 20n },
  },
  {
    name: "with the chunk that was being stored",
    standing: [undefined, null],
    ends: log(0n, 30n),
    known: { next: 10n, end: 30n, logId, range },
    held: { next: 15n, of: "same" },
    beginning: { at: 10n, range },
  },
  {
    name: "what was written down of another log says nothing of this one",
    standing: [10n, writeRange(range)],
    ends: log(0n, 30n),
    held: { next: 20n, of: "another" },
    beginning: { at: 10n },
  },
  {
    name: "nor does a gap of it",
    standing: [10n, writeGap(gap(5n, 9n, "retention", 1))],
    ends: log(0n, 30n),
    held: { next: 20n, of: "another" },
    beginning: { at: 10n },
  },
  {
    name: "the group's offset is still that of the old log, which is shorter",
    standing: [8n, null],
    ends: log(0n, 30n),
    known: { next: 8n, end: 8n, logId: "the old one" },
    held: { next: 8n, of: "another" },
    beginning: { at: 0n },
  },
  {
    name: "and with some of the old log unread",
    standing: [8n, null],
    ends: log(0n, 30n),
    known: { next: 8n, end: 10n, logId: "the old one" },
    held: { next: 8n, of: "another" },
    beginning: { at: 0n, gap: gap(8n, 9n, "topic_remade") },
  },
  {
    name: "an offset of a log that nobody has read is believed by who has not seen another",
    standing: [8n, null],
    ends: log(0n, 30n),
    held: { next: 20n, of: "another" },
    beginning: { at: 8n },
  },
  {
    name: "a topic without an id that was made anew under our eyes",
    standing: [undefined, null],
    ends: log(0n, 30n),
    known: { next: 20n, end: 25n },
    held: { next: 20n, of: "unknown" },
    beginning: { at: 0n, gap: gap(20n, 24n, "topic_remade") },
  },
  {
    name: "a gap that was written down is recorded as it was",
    standing: [8n, writeGap(gap(5n, 7n, "retention", 1))],
    ends: log(9n, 30n),
    beginning: { at: 8n, gap: gap(5n, 7n, "retention", 1) },
  },
  {
    name: "the topic was made anew with nothing unread",
    standing: [undefined, null],
    ends: log(0n, 3n),
    known: { next: 9n, end: 9n },
    beginning: { at: 0n },
  },
  {
    name: "the topic was made anew with some unread",
    standing: [undefined, null],
    ends: log(0n, 3n),
    known: { next: 7n, end: 9n },
    beginning: { at: 0n, gap: gap(7n, 8n, "topic_remade") },
  },
] satisfies {
  name: string;
  standing: [bigint | undefined, string | null];
  ends: { low: bigint; high: bigint };
  known?: Pick<Known, "next" | "end"> & Partial<Known>;
  held?: Held;
  beginning: Beginning;
}[])
  test(name, () => {
    const [offset, metadata] = standing;
    const before = known && { logId: undefined, range: undefined, ...known };
    assert.deepEqual(beginAt({ offset, metadata }, ends, { logId, known: before, held, nowMs }), beginning);
  });

test("no offset is passed over in silence, and each is in one gap", () => {
  const offsets = fc.bigInt(0n, 60n);
  fc.assert(
    fc.property(offsets, fc.option(offsets, { nil: undefined }), fc.tuple(offsets, offsets), (offset, length, ends) => {
      const [low, high] = ends[0] < ends[1] ? ends : [ends[1], ends[0]];
      fc.pre(offset <= high);
      const metadata = length === undefined ? null : writeRange({ min: offset, max: offset + length, atMs: 1 });
      let at = offset;
      let standing: { offset: bigint; metadata: string | null } = { offset, metadata };
      for (let step = 0; step < 3; step += 1) {
        const next = beginAt(standing, { low, high }, { known: undefined, held: undefined, nowMs });
        if (next.gap) {
          assert.equal(next.gap.from, at);
          assert.equal(next.gap.to + 1n, next.at);
        } else assert.equal(next.at, at);
        at = next.at;
        standing = { offset: next.at, metadata: null };
      }
      assert.ok(offset < low ? at === low : at === offset);
    }),
  );
});

for (const { name, offset, known, is } of [
  { name: "of a topic that was made anew before we came", offset: 8n, known: undefined, is: true },
  {
    name: "of the log that we have read ourselves",
    offset: 8n,
    known: { next: 8n, end: 8n, logId: "old", range: undefined },
    is: false,
  },
  { name: "that is absent", offset: undefined, known: undefined, is: false },
])
  test(`an offset ${name} is ${is ? "doubted" : "not doubted"}`, () => {
    const knowledge = { logId, known, held: { next: 20n, of: "another" } as const, nowMs };
    assert.equal(mayBeOfOldLog({ offset, metadata: null }, log(0n, 30n), knowledge), is);
    assert.equal(mayBeOfOldLog({ offset, metadata: null }, log(0n, 30n), { ...knowledge, held: undefined }), false);
  });

for (const { name, one, other, takes } of [
  { name: "none where nobody was", one: undefined, other: at(undefined), takes: "other" },
  { name: "the other where we never were", one: at(undefined), other: at(5n), takes: "other" },
  { name: "ours where the other never was", one: at(5n), other: at(undefined), takes: "one" },
  { name: "the one that came further", one: at(8n), other: at(30n), takes: "other" },
  {
    name: "ours where that came further, though the other was storing a chunk",
    one: at(30n),
    other: at(10n, range),
    takes: "one",
  },
  { name: "at the same offset the one that was storing a chunk", one: at(10n), other: at(10n, range), takes: "other" },
  {
    name: "of two chunks the later one",
    one: at(10n, range),
    other: at(10n, { ...range, max: 30n, atMs: 6 }),
    takes: "other",
  },
  { name: "ours where both are alike", one: at(10n), other: at(10n), takes: "one" },
] as const)
  test(`of two groups' places: ${name}`, () => assert.equal(furthest(one, other), takes === "one" ? one : other));

for (const { name, own, held, high, takes } of [
  { name: "it came further", own: at(8n), takes: "other" },
  { name: "ours came further", own: at(40n), takes: "own" },
  {
    name: "ours was lost, and nobody stored since",
    own: at(undefined),
    held: { next: 15n, of: "same" },
    takes: "other",
  },
  {
    name: "ours was lost, and somebody stored since",
    own: at(undefined),
    held: { next: 22n, of: "same" },
    takes: "own",
  },
  { name: "the topic was made anew", own: at(undefined), held: { next: 15n, of: "another" }, takes: "own" },
  { name: "the log ends before it", own: at(5n), high: 9n, takes: "own" },
] as const)
  test(`the place that another group left is ${takes === "other" ? "" : "not "}ours where ${name}`, () => {
    const other = at(10n, range);
    assert.equal(standingOf(own, other, { log: log(0n, high ?? 50n), held }), takes === "other" ? other : own);
    assert.equal(standingOf(own, undefined, { log: log(0n, 50n), held }), own);
  });

test("a gap survives the offset's metadata", () => {
  const gaps = fc.record({
    from: fc.bigInt(0n, 2n ** 62n),
    to: fc.bigInt(0n, 2n ** 62n),
    atMs: fc.nat(),
    reason: fc.constantFrom(...gapReasons),
  });
  fc.assert(fc.property(gaps, (one) => assert.deepEqual(readGap(writeGap(one)), { ...one })));
  for (const other of [null, "", writeRange(range), "gap 1 2 3 4 no_reason", "gap 2 2 3 4 retention"])
    assert.equal(readGap(other), undefined);
});
