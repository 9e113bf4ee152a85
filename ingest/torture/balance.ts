import assert from "node:assert/strict";
import { eventually } from "#ingest/stack-for-tests.ts";
import type { World } from "./world.ts";

/** What was produced, and what of it is where. */
export interface Balance {
  readonly produced: number;
  readonly stored: number;
  readonly dead: number;
}

const quietAfterMs = 180_000;

/** Waits until the workers have come to the end of the log, then holds the store to it, number by number. */
export async function assertBalance(world: World): Promise<Balance> {
  const { stack, flow } = world;
  const topic = stack.topics.events;
  const ends = await world.admin.fetchTopicOffsets(topic);
  const inKafka = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const { good, garbage } = flow.written;
  assert.equal(inKafka, good + garbage, "Kafka does not hold what was produced: the test itself is at fault");
  await eventually(stack.isRead, (read) => read, quietAfterMs);
  const found = await stack.ask(`SELECT
    (SELECT count() FROM saga_events) AS stored,
    (SELECT uniqExact(event_id) FROM saga_events) AS ids,
    (SELECT uniqExact(_partition, _offset) FROM saga_events) AS places,
    (SELECT count() FROM dead_letters) AS dead,
    (SELECT uniqExact(_partition, _offset) FROM dead_letters) AS deadPlaces,
    (SELECT sum(stored) FROM ingest_progress) AS progress,
    (SELECT sum(dead) FROM ingest_progress) AS deadProgress,
    (SELECT count() FROM sagas FINAL) = (SELECT uniqExact(saga_id) FROM saga_events) AS sagasAgree,
    (SELECT count() FROM saga_steps FINAL) = (SELECT uniqExact(saga_id, step) FROM saga_events WHERE step != '') AS stepsAgree`);
  const once = {
    stored: `${good}`,
    ids: `${good}`,
    places: `${good}`,
    dead: `${garbage}`,
    deadPlaces: `${garbage}`,
    progress: `${good}`,
    deadProgress: `${garbage}`,
    sagasAgree: "1",
    stepsAgree: "1",
  };
  assert.deepEqual(found, once);
  for (const { partition, high } of ends) {
    const { n, max } = await stack.ask(`SELECT count() AS n, max(at) AS max FROM (
      SELECT _offset AS at FROM saga_events WHERE _partition = ${partition}
      UNION ALL SELECT _offset FROM dead_letters WHERE _partition = ${partition})`);
    assert.deepEqual({ n, max }, { n: high, max: String(Math.max(0, Number(high) - 1)) }, `partition ${partition}`);
  }
  return { produced: inKafka, stored: good, dead: garbage };
}
