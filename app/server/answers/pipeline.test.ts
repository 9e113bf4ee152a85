import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogPosition } from "#app/server/log-reader.ts";
import type { IngestProgress } from "#store/clickhouse/queries/ingest-progress.ts";
import { partitionsOf } from "./pipeline.ts";
import { partitionAt } from "./pipeline-at.ts";

const progress = (more: Partial<IngestProgress> = {}): IngestProgress => ({
  topic: "saga.events",
  partition: 0,
  firstOffset: "0",
  lastOffset: "99",
  messages: 100,
  stored: 100,
  dead: 0,
  lost: 0,
  balance: 0,
  lastMinute: 120,
  newestEventAt: "2026-01-01T00:00:00.000Z",
  newestIngestAt: "2026-01-01T00:00:01.000Z",
  ...more,
});
const position = (more: Partial<LogPosition> = {}): LogPosition => ({
  topic: "saga.events",
  partition: 0,
  atMs: Date.parse("2026-01-01T00:00:00.000Z"),
  begin: 0n,
  end: 110n,
  next: 90n,
  lastMinute: 60,
  waiting: { fromMs: 1_000, toMs: 2_000 },
  ...more,
});

for (const { name, store, log, lag, storedOffset, endOffset } of [
  {
    name: "rows that are stored do not wait, committed or not",
    store: [progress()],
    log: [position()],
    lag: 10,
    storedOffset: "99",
    endOffset: "109",
  },
  {
    name: "a look at Kafka that is older than the rows: the log has grown as far as they",
    store: [progress()],
    log: [position({ end: 95n })],
    lag: 0,
    storedOffset: "99",
    endOffset: "99",
  },
  {
    name: "a log that ends before rows of long ago was cut back",
    store: [progress()],
    log: [position({ end: 95n, atMs: Date.parse("2026-01-01T00:00:02.000Z") })],
    lag: 0,
    storedOffset: "99",
    endOffset: "94",
  },
  {
    name: "telemetry is known by its group alone",
    store: [],
    log: [position()],
    lag: 20,
    storedOffset: "89",
    endOffset: "109",
  },
  {
    name: "nothing read yet",
    store: [],
    log: [position({ next: null, begin: 10n })],
    lag: 100,
    storedOffset: null,
    endOffset: "109",
  },
  {
    name: "without Kafka nobody knows",
    store: [progress()],
    log: [],
    lag: null,
    storedOffset: "99",
    endOffset: null,
  },
  {
    name: "a dead letter is no stored row",
    store: [progress({ stored: 0, dead: 1 })],
    log: [position()],
    lag: 20,
    storedOffset: "89",
    endOffset: "109",
  },
])
  test(name, () => {
    const [one] = partitionsOf(store, log);
    assert.deepEqual([one?.lag, one?.storedOffset, one?.endOffset], [lag, storedOffset, endOffset]);
    assert.equal(one?.oldestWaiting === null, lag === null || lag === 0);
  });

test("every partition that either knows, in order", () => {
  const places = partitionsOf(
    [progress({ partition: 10 }), progress({ partition: 2 })],
    [position({ partition: 2 }), position({ topic: "otlp_logs" })],
  ).map(({ topic, partition }) => `${topic}:${partition}`);
  assert.deepEqual(places, ["otlp_logs:0", "saga.events:2", "saga.events:10"]);
});

for (const { name, oldestMs, oldestWaiting } of [
  { name: "something waited", oldestMs: 4_000, oldestWaiting: { fromMs: 6_000, toMs: 6_000 } },
  { name: "it happened at the moment itself", oldestMs: 10_000, oldestWaiting: { fromMs: 0, toMs: 0 } },
  { name: "nothing waited", oldestMs: null, oldestWaiting: null },
])
  test(`of a past moment, when ${name}, only what the store knows is told`, () => {
    const waiting = oldestMs === null ? 0 : 3;
    const one = { topic: "saga.events", partition: 1, waiting, oldestMs, lastMinute: 90 };
    assert.deepEqual(partitionAt(one, 10_000), {
      topic: "saga.events",
      partition: 1,
      storedOffset: null,
      endOffset: null,
      lag: waiting,
      oldestWaiting,
      inPerSecond: null,
      storedPerSecond: 1.5,
      newestEventAt: null,
      newestIngestAt: null,
    });
  });
