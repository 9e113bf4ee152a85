import assert from "node:assert/strict";
import { eventually } from "#ingest/stack-for-tests.ts";
import type { World } from "./world.ts";

/** What was produced, and what of it is where. */
export interface Balance {
  readonly produced: number;
  readonly stored: number;
  readonly dead: number;
  readonly lost: number;
  readonly spans: number;
  readonly logs: number;
}

const quietAfterMs = 180_000;

/** Waits until the workers have come to the end of the logs, then holds the store to them, number by number. */
export async function assertBalance(world: World): Promise<Balance> {
  const { stack, flow, past } = world;
  const { events, spans, logs } = stack.topics;
  const ends = await world.admin.fetchTopicOffsets(events);
  const inKafka = sum(ends.map(({ high }) => Number(high))) + sum(past.earlier.values());
  const { written } = flow;
  const produced = written.good + written.garbage;
  assert.equal(inKafka, produced, "Kafka does not hold what was produced: the test itself is at fault");
  for (const topic of [events, spans, logs]) await eventually(() => stack.isRead(topic), Boolean, quietAfterMs);
  const of = (topic: string) => `_topic = '${topic}'`;
  const found = await stack.ask(`SELECT
    (SELECT count() FROM saga_events) AS stored,
    (SELECT uniqExact(event_id) FROM saga_events) AS ids,
    (SELECT count() FROM dead_letters WHERE ${of(events)}) AS dead,
    (SELECT sum(stored) FROM ingest_progress WHERE ${of(events)}) AS progress,
    (SELECT sum(dead) FROM ingest_progress WHERE ${of(events)}) AS deadProgress,
    (SELECT count() FROM sagas FINAL) = (SELECT uniqExact(saga_id) FROM saga_events) AS sagasAgree,
    (SELECT count() FROM saga_steps FINAL) = (SELECT uniqExact(saga_id, step) FROM saga_events WHERE step != '') AS stepsAgree,
    (SELECT sum(to_offset - from_offset + 1) FROM ingest_gaps) AS gaps,
    (SELECT count() FROM otel_traces) AS spans,
    (SELECT uniqExact(SpanId) FROM otel_traces) AS spanIds,
    (SELECT count() FROM otel_logs) AS logs,
    (SELECT uniqExact(Body) FROM otel_logs) AS bodies,
    (SELECT count() FROM dead_letters WHERE ${of(spans)}) AS deadSpans,
    (SELECT count() FROM dead_letters WHERE ${of(logs)}) AS deadLogs`);
  const lost = sum(past.lost.values());
  // Of what retention took nobody knows what it was.
  const stored = lost === 0 ? written.good : Number(found.stored);
  const dead = produced - lost - stored;
  assert.ok(stored <= written.good && dead <= written.garbage);
  assert.deepEqual(found, {
    stored: `${stored}`,
    ids: `${stored}`,
    dead: `${dead}`,
    progress: `${stored}`,
    deadProgress: `${dead}`,
    sagasAgree: "1",
    stepsAgree: "1",
    gaps: `${lost}`,
    spans: `${written.spans}`,
    spanIds: `${written.spans}`,
    logs: `${written.logs}`,
    bodies: `${written.logs}`,
    deadSpans: `${written.badTelemetry}`,
    deadLogs: `${written.badTelemetry}`,
  });
  for (const { partition, high } of ends) await assertWhole(world, partition, Number(high));
  return { produced, stored, dead, lost, spans: written.spans, logs: written.logs };
}

/** Of each offset of a partition one row for each log that had it, but for what was lost. */
async function assertWhole({ stack, past }: World, partition: number, high: number): Promise<void> {
  const earlier = past.earlier.get(partition) ?? 0;
  const here = `_topic = '${stack.topics.events}' AND _partition = ${partition}`;
  const found =
    await stack.ask(`SELECT sum(times) AS n, max(at) AS last, countIf(times > (at < ${high}) + (at < ${earlier})) AS repeated
    FROM (SELECT at, count() AS times FROM (
      SELECT _offset AS at FROM saga_events WHERE ${here} UNION ALL SELECT _offset FROM dead_letters WHERE ${here})
    GROUP BY at)`);
  const n = high + earlier - (past.lost.get(partition) ?? 0);
  const last = Math.max(0, high - 1, earlier - 1);
  assert.deepEqual(found, { n: `${n}`, last: `${last}`, repeated: "0" }, `partition ${partition}`);
}

const sum = (values: Iterable<number>): number => [...values].reduce((all, one) => all + one, 0);
