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

test("of dead letters the parts of one reading are forgotten", async () => {
  const { client } = database;
  const parts = [0, 1, 2, 1_000_000_000];
  await client.insert({
    table: "dead_letters",
    format: "JSONEachRow",
    values: parts.map((part) => ({ _topic: "spans", _partition: 0, _offset: "3", part, reason: "bad_otlp" })),
  });
  const range = { topic: "spans", partition: 0, min: 3n, max: 3n };
  const left = async () => {
    const answer = await client.query({
      query: "SELECT part FROM dead_letters ORDER BY part",
      format: "JSONCompactEachRow",
    });
    return (await answer.json<unknown[]>()).flat();
  };
  await forgetRange(client, "dead_letters", { ...range, parts: { first: 1_000_000_000, last: 0xffff_ffff } });
  assert.deepEqual(await left(), [0, 1, 2]);
  await forgetRange(client, "dead_letters", { ...range, parts: { first: 0, last: 999_999_999 } });
  assert.deepEqual(await left(), []);
});

test("a store whose tables are its own tells how long it has been running", async () => {
  const runningMs = await runningForMs(database.client);
  assert.ok(runningMs !== undefined && runningMs >= 0 && runningMs < process.uptime() * 1_000 + 3_600_000);
});
