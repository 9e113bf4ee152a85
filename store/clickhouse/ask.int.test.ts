import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import { createAsker } from "./ask.ts";
import { createStoreClient } from "./client.ts";
import { createOwnDatabase, type OwnDatabase } from "./own-database.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const One = z.object({ one: z.number() });

test("adds up what an answer's questions read", async () => {
  const asker = createAsker(database.client);
  await asker.ask(sql`SELECT countIf(sipHash64(number) > 5) AS one FROM numbers(1000) LIMIT 1`, One);
  await asker.ask(sql`SELECT countIf(sipHash64(number) > 5) AS one FROM numbers(500) LIMIT 1`, One);
  assert.deepEqual([asker.rowsRead(), asker.bytesRead()], [1500, 1500 * 8]);
});

test("a value that looks like SQL stays a value", async () => {
  const text = "'; DROP TABLE sagas; -- \\ \" \n \t {p0:String} é 🙂";
  const [row] = await createAsker(database.client).ask(
    sql`SELECT ${string(text)} AS text LIMIT 1`,
    z.object({ text: z.string() }),
  );
  assert.equal(row?.text, text);
});

test("a question that takes too long is too large", async () => {
  const asker = createAsker(database.client, { maxSeconds: 0.2 });
  const slow = sql`SELECT sum(sipHash64(number)) % 2 AS one FROM numbers(100000000000) LIMIT 1`;
  await assert.rejects(asker.ask(slow, One), { code: "TOO_LARGE" });
});

test("a question cannot write", async () => {
  const writes = sql`CREATE TABLE t (a UInt8) ENGINE = Memory`;
  await assert.rejects(createAsker(database.client).ask(writes, One), { code: "STORE_REFUSED" });
});

test("rows of another shape are our fault", async () => {
  await assert.rejects(createAsker(database.client).ask(sql`SELECT 'x' AS one LIMIT 1`, One), { code: "INTERNAL" });
});

test("a store that is not there is down", async () => {
  const nowhere = createStoreClient("http://127.0.0.1:9/none");
  await assert.rejects(createAsker(nowhere).ask(sql`SELECT 1 AS one LIMIT 1`, One), { code: "STORE_DOWN" });
  await nowhere.close();
});
