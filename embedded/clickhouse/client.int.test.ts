import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from "@clickhouse/client";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./server-process.ts";

const login = { username: "tester", password: "s3cret:/ü", log: { level: ClickHouseLogLevel.OFF } };
let server: ServerProcess;
let client: ClickHouseClient;
let drop: () => Promise<void>;

before(async () => {
  const place = await temporaryFolder();
  drop = place.drop;
  server = await startServerProcess(place.folder, { CLICKHOUSE_USER: "tester", CLICKHOUSE_PASSWORD: "s3cret:/ü" });
  client = connect();
});
after(async () => {
  await client.close();
  assert.equal(await server.kill("SIGTERM"), 0);
  await drop();
});

const connect = (options: ClickHouseClientConfigOptions = {}) =>
  createClient({ url: server.url, ...login, ...options });

const nasty = [
  "plain",
  "it's",
  "back\\slash",
  "new\nline",
  "\n\nempty line",
  "tab\t",
  "emoji 😀",
  "; DROP TABLE t --",
  '"{}"',
  "\0nul",
  "",
];

async function rowsOf<T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> {
  return await (await client.query({ query, query_params, format: "JSONEachRow" })).json<T>();
}

test("ping", async () => {
  assert.deepEqual(await client.ping(), { success: true });
  assert.equal((await client.ping({ select: true })).success, true);
});

test("a wrong password is refused with ClickHouse's code", async () => {
  const stranger = connect({ password: "wrong" });
  await assert.rejects(stranger.query({ query: "SELECT 1" }), { code: "516", type: "AUTHENTICATION_FAILED" });
  await stranger.close();
});

test("rows inserted as values come back as they were", async () => {
  await client.command({ query: "CREATE TABLE by_values (n UInt32, s String) ENGINE = MergeTree ORDER BY n" });
  const values = nasty.map((s, n) => ({ n, s }));
  const { summary } = await client.insert({ table: "by_values", values, format: "JSONEachRow" });
  assert.equal(summary?.written_rows, String(nasty.length));
  assert.deepEqual(await rowsOf("SELECT * FROM by_values ORDER BY n"), values);
});

test("rows inserted as a stream, with columns and settings", async () => {
  await client.command({
    query: "CREATE TABLE by_stream (n UInt32, s String, d DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY n",
  });
  const total = 50_000;
  const values = Readable.from(
    (function* () {
      for (let n = 0; n < total; n += 1) yield { n, s: `row ${n}\n\n`, d: "2026-01-02T03:04:05.678Z" };
    })(),
  );
  await client.insert({
    table: "by_stream",
    values,
    columns: ["n", "s", "d"],
    format: "JSONEachRow",
    clickhouse_settings: { date_time_input_format: "best_effort" },
  });
  const [row] = await rowsOf<{ rows: string; sum: string; d: string }>(
    "SELECT count() AS rows, sum(n) AS sum, any(d) AS d FROM by_stream",
  );
  assert.deepEqual(row, { rows: total, sum: (total * (total - 1)) / 2, d: "2026-01-02 03:04:05.678" });
});

test("rows inserted as text formats", async () => {
  await client.command({ query: "CREATE TABLE by_text (n UInt32, s String) ENGINE = MergeTree ORDER BY n" });
  const csv = '1,"two\n\nlines"\n2,"a;b"\n';
  await client.insert({ table: "by_text", values: Readable.from([csv], { objectMode: false }), format: "CSV" });
  await client.insert({ table: "by_text", values: [[3, "x"]], format: "JSONCompactEachRow" });
  await client.command({
    query: "INSERT INTO by_text (s, n) VALUES ('a; DROP TABLE by_text', 4), (concat('a', '\\n\\n'), 2 + 3)",
  });
  await client.command({ query: "INSERT INTO by_text SELECT 6, {s:String}", query_params: { s: "it's" } });
  const rows = await rowsOf<{ s: string }>("SELECT s FROM by_text ORDER BY n");
  assert.deepEqual(
    rows.map(({ s }) => s),
    ["two\n\nlines", "a;b", "x", "a; DROP TABLE by_text", "a\n\n", "it's"],
  );
});

test("a large body is one block under its token", async () => {
  await client.command({
    query:
      "CREATE TABLE large (n UInt32, s String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10",
  });
  const filler = "x".repeat(100);
  const values = Array.from({ length: 150_000 }, (_, n) => ({ n, s: filler }));
  for (let time = 0; time < 2; time += 1) {
    await client.insert({
      table: "large",
      values,
      format: "JSONEachRow",
      clickhouse_settings: { insert_deduplication_token: "l" },
    });
  }
  assert.deepEqual(await rowsOf("SELECT count() AS rows, uniqExact(_part) AS parts FROM large"), [
    { rows: 150_000, parts: 1 },
  ]);
});

test("parameters of every kind", async () => {
  const query = `SELECT {s:String} AS s, {n:UInt64} AS n, {f:Float64} AS f, {b:Bool} AS b, {d:DateTime64(3)} AS d, {l:Array(String)} AS l,
    {i:Array(UInt32)} AS i, {m:Map(String, UInt8)} AS m, {t:Tuple(String, UInt8)} AS t, {z:Nullable(String)} AS z, {e:Array(String)} AS e`;
  const params = {
    s: nasty.join("|"),
    n: 7,
    f: 1.5,
    b: true,
    d: new Date(1_700_000_000_123),
    l: nasty.slice(0, 9),
    i: [1, 2],
    m: { a: 1 },
    z: null,
    e: [],
  };
  const [row] = await rowsOf<Record<string, unknown>>(query.replace("{t:Tuple(String, UInt8)} AS t, ", ""), params);
  assert.deepEqual({ ...row, d: undefined, n: Number(row?.n) }, { ...params, d: undefined });
  assert.equal(row?.d, "2023-11-14 22:13:20.123");
});

test("a large parameter travels in a form", async () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `id-${n}`);
  const form = connect({ use_multipart_params: true });
  const answer = await form.query({
    query: "SELECT length({ids:Array(String)}) AS n",
    query_params: { ids },
    format: "JSONEachRow",
  });
  assert.deepEqual(await answer.json(), [{ n: ids.length }]);
  await form.close();
});

test("an identifier as a parameter", async () => {
  assert.deepEqual(await rowsOf("SELECT count() > 0 AS some FROM {t:Identifier}", { t: "by_values" }), [{ some: 1 }]);
});

test("a document, with its totals", async () => {
  const answer = await client.query({ query: "SELECT number FROM system.numbers LIMIT 3", format: "JSON" });
  const document = await answer.json<{ number: string }>();
  assert.deepEqual(
    document.data.map(({ number }) => Number(number)),
    [0, 1, 2],
  );
  assert.equal(document.rows, 3);
  assert.equal(answer.response_headers["x-clickhouse-format"], "JSON");
});

test("a stream of rows", async () => {
  const answer = await client.query({ query: "SELECT number AS n FROM numbers(200000)", format: "JSONEachRow" });
  let rows = 0;
  for await (const part of answer.stream<{ n: string }>()) rows += part.length;
  assert.equal(rows, 200_000);
});

test("both ways compressed", async () => {
  const squeezed = connect({ compression: { request: true, response: true } });
  await squeezed.command({ query: "CREATE TABLE squeezed (s String) ENGINE = MergeTree ORDER BY s" });
  await squeezed.insert({ table: "squeezed", values: nasty.map((s) => ({ s })), format: "JSONEachRow" });
  const answer = await squeezed.query({
    query: "SELECT s FROM squeezed ARRAY JOIN range(1000) AS n",
    format: "JSONEachRow",
  });
  assert.equal((await answer.json()).length, nasty.length * 1000);
  await squeezed.close();
});

test("the query's id and settings of a request, and of that one only", async () => {
  const answer = await client.query({
    query: "SELECT getSetting('max_threads') AS threads",
    query_id: "mine-1",
    clickhouse_settings: { max_threads: 1 },
    format: "JSONEachRow",
  });
  assert.equal(answer.query_id, "mine-1");
  assert.deepEqual(await answer.json(), [{ threads: 1 }]);
  await client.command({ query: "SET max_threads = 1" });
  await client.command({ query: "CREATE TEMPORARY TABLE gone (a UInt8)" });
  await client.command({ query: "USE system" });
  const [now] = await rowsOf<{ threads: number; database: string }>(
    "SELECT getSetting('max_block_size') AS b, currentDatabase() AS database",
  );
  assert.equal(now?.database, "default");
  await assert.rejects(rowsOf("SELECT * FROM gone"), { type: "UNKNOWN_TABLE" });
});

test("a database of the client's own", async () => {
  await client.command({ query: "CREATE DATABASE other" });
  const other = connect({ database: "other" });
  await other.command({ query: "CREATE TABLE here (a UInt8) ENGINE = MergeTree ORDER BY a" });
  assert.deepEqual(await rowsOf("SELECT database FROM system.tables WHERE name = 'here'"), [{ database: "other" }]);
  await other.close();
});

for (const { name, query, code, type } of [
  { name: "bad syntax", query: "SELECT 1 +", code: "62", type: "SYNTAX_ERROR" },
  { name: "an unknown table", query: "SELECT * FROM nowhere", code: "60", type: "UNKNOWN_TABLE" },
  { name: "an unknown function", query: "SELECT nofunction()", code: "46", type: "UNKNOWN_FUNCTION" },
  { name: "a parameter that is not given", query: "SELECT {a:String}", code: "456", type: "UNKNOWN_QUERY_PARAMETER" },
  {
    name: "a failure while it runs",
    query: "SELECT throwIf(number = 5) FROM numbers(10)",
    code: "395",
    type: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
  },
  { name: "two statements", query: "SELECT 1; SELECT 2", code: "62", type: "SYNTAX_ERROR" },
  { name: "a wish to write files", query: "SELECT 1 INTO OUTFILE '/tmp/x'", code: "48", type: "NOT_IMPLEMENTED" },
]) {
  test(`${name} is told as ClickHouse tells it`, async () => {
    await assert.rejects(client.command({ query }), (error) => {
      assert.ok(error instanceof ClickHouseError);
      assert.deepEqual({ code: error.code, type: error.type }, { code, type });
      return true;
    });
  });
}

test("rows that do not fit their table are refused whole", async () => {
  await client.command({ query: "CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n" });
  const values = [{ n: 1 }, { n: "word" }];
  await assert.rejects(client.insert({ table: "strict", values, format: "JSONEachRow" }), ClickHouseError);
  assert.deepEqual(await rowsOf("SELECT count() AS n FROM strict"), [{ n: 0 }]);
});
