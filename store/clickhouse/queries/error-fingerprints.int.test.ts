import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { sql } from "#lib/sql.ts";
import { fingerprintOf, normaliseMessage } from "#sagas/errors/fingerprint.ts";
import { messageCases } from "#sagas/errors/message-cases.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { errorFingerprints } from "./error-fingerprints.ts";
import { listSagas } from "./list-sagas.ts";
import { ids, msOf, newestFirst, noFilter, nowMs, sagas, storeMadeSagas, window } from "./made-sagas.ts";

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const everything = { window, types: [], steps: [], codes: [] };
const shape = { bucketSeconds: 300, limit: 500 };

/** What the events say, by fingerprint. */
const expected = new Map<string, { events: Set<string>; sagas: Set<string>; times: string[]; messages: Set<string> }>();
for (const saga of sagas) {
  for (const { id, time, step, error } of saga.events) {
    if (!error) continue;
    const key = JSON.stringify(fingerprintOf({ code: error.code, step, message: error.message }));
    const own = expected.get(key) ?? { events: new Set(), sagas: new Set(), times: [], messages: new Set() };
    expected.set(key, own);
    own.events.add(id);
    own.sagas.add(saga.id);
    own.times.push(time);
    own.messages.add(error.message);
  }
}

test("each error once, with how many events and sagas met it, when first and last", async () => {
  const errors = await errorFingerprints(asker(), everything, shape);
  assert.equal(errors.length, expected.size);
  for (const error of errors) {
    const own = expected.get(JSON.stringify({ code: error.code, step: error.step, message: error.kind }));
    assert.ok(own, `${error.code} ${error.step} ${error.kind}`);
    const times = own.times.sort();
    assert.deepEqual(
      [error.events, error.sagas, error.firstSeenAt, error.lastSeenAt, error.isNew],
      [own.events.size, own.sagas.size, times[0], times.at(-1), true],
    );
    assert.ok(own.messages.has(error.message));
    assert.ok(error.exampleSagas.length > 0 && error.exampleSagas.every((id) => own.sagas.has(id)));
    assert.equal(
      error.sparkline.reduce((sum, count) => sum + count, 0),
      error.events,
    );
  }
  assert.deepEqual(
    errors.map(({ sagas: count }) => count),
    errors.map(({ sagas: count }) => count).sort((a, b) => b - a),
  );
});

test("the list by a fingerprint opens exactly the sagas that it counts", async () => {
  for (const error of (await errorFingerprints(asker(), everything, shape)).slice(0, 5)) {
    const filter = { ...noFilter, fingerprints: [error.fingerprint] };
    const rows = await listSagas(asker(), filter, { order: newestFirst, cursor: undefined, limit: 2000, late: nowMs });
    const own = expected.get(JSON.stringify({ code: error.code, step: error.step, message: error.kind }));
    assert.deepEqual(ids(rows), [...(own?.sagas ?? [])].sort());
  }
});

test("types, steps and codes narrow it; what was seen before the stretch is not new", async () => {
  const [some] = await errorFingerprints(asker(), { ...everything, codes: ["bank_down"] }, shape);
  assert.equal(some?.code, "bank_down");
  assert.deepEqual(await errorFingerprints(asker(), { ...everything, steps: ["nothing"] }, shape), []);
  assert.deepEqual(await errorFingerprints(asker(), { ...everything, types: ["nothing"] }, shape), []);
  const half = { fromMs: (window.fromMs + window.toMs) / 2, toMs: window.toMs };
  for (const error of await errorFingerprints(asker(), { ...everything, window: half }, shape))
    assert.equal(error.isNew, msOf(`${error.firstSeenAt.slice(0, 23)}Z`) >= half.fromMs);
});

/** What the table makes of these messages. */
async function kindsOf(messages: readonly string[]): Promise<string[]> {
  await database.client.insert({
    table: "saga_errors",
    format: "JSONEachRow",
    values: messages.map((message, index) => ({
      started: "2020-01-01 00:00:00",
      saga_id: "m",
      event_id: `${index}`,
      message,
    })),
    clickhouse_settings: { async_insert: 0 },
  });
  const rows = await asker().ask(
    sql`SELECT kind FROM saga_errors WHERE saga_id = 'm' ORDER BY toUInt32(event_id) LIMIT 10000`,
    z.object({ kind: z.string() }),
  );
  await database.client.command({ query: "ALTER TABLE saga_errors DROP PARTITION '2020-01-01'" });
  return rows.map(({ kind }) => kind);
}

test("the store leaves of a message what TypeScript leaves", async () => {
  assert.deepEqual(
    await kindsOf(messageCases.map(([message]) => message)),
    messageCases.map(([, kind]) => kind),
  );
  const word = fc.oneof(
    fc.constantFrom(..."abcxyzXYZ019.:-_/'\"`@#%*,;[]()<>{}\\ \t\né€🙁"),
    fc.constantFrom(...messageCases.flatMap(([message]) => (message.length < 80 ? message.split(" ") : []))),
    fc.string({ unit: "grapheme", maxLength: 5 }).filter((text) => text.isWellFormed()),
  );
  const messages = fc
    .sample(fc.array(word, { maxLength: 30 }), { numRuns: 3000, seed: 7 })
    .map((words) => words.join(""));
  const kinds = await kindsOf(messages);
  for (const [index, message] of messages.entries()) assert.equal(kinds[index], normaliseMessage(message), message);
});
