import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { runningForMs } from "#store/clickhouse/queries/running-for.ts";
import { forgetRange } from "./forget-range.ts";
import { recountProgress } from "./recount-progress.ts";

let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(async () => {
  await database.drop();
});

/** Stores events at offsets `from` to `to` of a partition; none is taken for a block that is known. */
const store = (partition: number, from: number, to: number) =>
  database.client.command({
    query: `INSERT INTO saga_events (event_id, saga_id, saga_type, saga_started, event_type, time, _topic, _partition, _offset)
      SELECT concat('e', toString(number)), 's', 't', now(), 'saga.started', now(), 'events', ${partition}, number
      FROM numbers(${from}, ${to - from + 1})`,
    clickhouse_settings: { insert_deduplicate: 0 },
  });

async function found(): Promise<unknown> {
  const answer = await database.client.query({
    query: `SELECT _partition, rows, first, last, counted
      FROM (SELECT _partition, count() AS rows, min(_offset) AS first, max(_offset) AS last FROM saga_events GROUP BY _partition) AS stood
      JOIN (SELECT _partition, sum(stored) AS counted FROM ingest_progress GROUP BY _partition) AS told USING (_partition)
      ORDER BY _partition`,
    format: "JSONCompactEachRow",
  });
  return (await answer.json<unknown[]>()).map((row) => row.map(Number));
}

test("a range is forgotten and no other, and what is counted twice is counted anew", async () => {
  const { client } = database;
  await store(0, 0, 9);
  await store(0, 10, 14);
  await store(0, 10, 14);
  await store(1, 10, 14);
  const place = { topic: "events", partition: 0 };
  await forgetRange(client, "saga_events", { ...place, min: 10n, max: 14n });
  await store(0, 10, 14);
  const sinceMs = Date.now() - 600_000;
  for (const _ of [1, 2]) {
    await recountProgress(client, { ...place, sinceMs });
    assert.deepEqual(await found(), [
      [0, 15, 0, 14, 15],
      [1, 5, 10, 14, 5],
    ]);
  }
});

test("a store whose tables are its own tells how long it has been running", async () => {
  const runningMs = await runningForMs(database.client);
  assert.ok(runningMs !== undefined && runningMs >= 0 && runningMs < process.uptime() * 1_000 + 3_600_000);
});
