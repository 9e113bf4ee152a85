import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { listSagas } from "./list-sagas.ts";
import { noFilter } from "./made-sagas.ts";

const beganMs = Date.UTC(2026, 10, 1);
/** As many that a list of them, in a question, would be longer than the store reads. */
const starts = 12_000;

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  // A producer that says with each event that its saga starts now.
  const wild = `SELECT 'wild' AS saga_id, number AS n FROM numbers(${starts})`;
  const sound = "SELECT concat('sound-', toString(number)), number FROM numbers(5)";
  await database.client.command({
    query: `INSERT INTO saga_events (event_id, saga_id, saga_type, saga_version, event_type, saga_started, time)
      SELECT concat(saga_id, toString(n)), saga_id, 'order', '1', 'saga.started',
        fromUnixTimestamp64Milli(${beganMs} + toInt64(n) * 1000) AS began, began
      FROM (${wild} UNION ALL ${sound})`,
  });
});
after(() => database?.drop());

test("a page is found behind a saga that is stored under very many starts", async () => {
  const rows = await listSagas(
    createAsker(database.client),
    { ...noFilter, window: { fromMs: beganMs, toMs: beganMs + starts * 1000 } },
    { order: { by: "started", direction: "desc" }, cursor: undefined, limit: 10, late: beganMs },
  );
  assert.deepEqual(rows.map(({ id }) => id).sort(), ["sound-0", "sound-1", "sound-2", "sound-3", "sound-4", "wild"]);
});
