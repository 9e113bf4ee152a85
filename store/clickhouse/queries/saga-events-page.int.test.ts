import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { makeHistory, storeHistory } from "./made-history.ts";
import { sagaEvents } from "./saga-events.ts";
import { type EventCursor, sagaEventsPage } from "./saga-events-page.ts";

const nowMs = Date.UTC(2026, 5, 2);
const [made] = makeHistory({ count: 1, nowMs, spanMs: 3_600_000, seed: "page" });
const [model] = made?.events ?? [];
assert.ok(made && model);
const startedMs = Date.parse(made.startedAt);
const life = { id: made.id, startedMs };

/** Ten of each moment, so that pages end among events of one. */
const events = Array.from({ length: 230 }, (_, index) => ({
  ...model,
  id: `e-${(index * 7919) % 1000}`,
  time: new Date(startedMs + Math.floor(index / 10) * 1000).toISOString().replace("Z", "000001Z"),
  offset: String(index),
}));

let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, [{ ...made, events }], { parts: 1 });
  // Every seventh was sent again, some of them dated later.
  await database.client.command({
    query: `INSERT INTO saga_events SELECT * REPLACE (_offset + 1000 AS _offset, ingested_at + 1 AS ingested_at,
      time + toIntervalSecond(if(_offset % 2 = 0, 5, 0)) AS time) FROM saga_events WHERE _offset % 7 = 0`,
    clickhouse_settings: { async_insert: 0 },
  });
});
after(() => database?.drop());

for (const limit of [1, 7, 100, 500])
  test(`events: pages of ${limit} tell what the saga tells as a whole`, async () => {
    const asker = createAsker(database.client);
    const told = [];
    for (let cursor: EventCursor | undefined; ; ) {
      const page = await sagaEventsPage(asker, life, { cursor, limit });
      told.push(...page);
      cursor = page.at(-1) ?? cursor;
      if (page.length < limit) break;
    }
    assert.deepEqual(told, (await sagaEvents(asker, { id: life.id, limit: 1000 }))?.events);
    assert.equal(told.length, events.length);
    assert.equal(told.filter(({ duplicates }) => duplicates === 1).length, Math.ceil(events.length / 7));
  });
