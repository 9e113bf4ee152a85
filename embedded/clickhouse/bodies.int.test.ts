import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type Asked, type ServerProcess, ask as send, startServerProcess, temporaryFolder } from "./server-process.ts";

let server: ServerProcess;
let drop: () => Promise<void>;
before(async () => {
  const place = await temporaryFolder();
  drop = place.drop;
  server = await startServerProcess(place.folder, {
    CLICKHOUSE_USER: "u",
    CLICKHOUSE_PASSWORD: "p",
    CLICKHOUSE_BODY_MB: "64",
    CLICKHOUSE_RESULT_MB: "4",
  });
});
after(async () => {
  assert.equal(await server.kill("SIGTERM"), 0);
  await drop();
});

const ask = (asked: Asked) => send(server.url, asked);
const textOf = async (asked: Asked) => await (await ask(asked)).text();
const command = async (sql: string) => assert.equal(await textOf({ body: sql }), "");

test("rows are rows, whatever stands in them", async () => {
  await command("CREATE TABLE victims (s String) ENGINE = MergeTree ORDER BY tuple()");
  await command("CREATE TABLE lines (s String) ENGINE = MergeTree ORDER BY tuple()");
  const evil = ["a", "", "DROP TABLE victims", "", "INSERT INTO victims VALUES ('x')", ";", "DROP TABLE victims;"];
  await command(`INSERT INTO lines FORMAT LineAsString\n${evil.join("\n")}\n`);
  assert.equal(await textOf({ body: "SELECT s FROM lines FORMAT TSVRaw" }), `${evil.join("\n")}\n`);
  await ask({ body: "INSERT INTO lines VALUES ('v'); DROP TABLE victims" });
  await ask({ body: 'INSERT INTO lines FORMAT JSONEachRow\n{"s":"x"}\n\nDROP TABLE victims' });
  assert.equal(await textOf({ body: "EXISTS victims" }), "1\n");
});

test("binary formats, both ways", async () => {
  await command("CREATE TABLE bytes (n UInt32, s String) ENGINE = MergeTree ORDER BY n");
  const source =
    "SELECT toUInt32(number) AS n, repeat(char(10), number % 5) || char(number % 256) AS s FROM numbers(2000)";
  for (const format of ["Native", "RowBinary", "RowBinaryWithNamesAndTypes", "Parquet", "ArrowStream"]) {
    const rows = new Uint8Array(await (await ask({ body: `${source} FORMAT ${format}` })).arrayBuffer());
    await command("TRUNCATE TABLE bytes");
    const answer = await ask({ query: { query: `INSERT INTO bytes FORMAT ${format}` }, body: rows });
    assert.equal(answer.status, 200, `${format}: ${await answer.text()}`);
    const same = await textOf({ body: `SELECT count() FROM bytes WHERE s = repeat(char(10), n % 5) || char(n % 256)` });
    assert.equal(same, "2000\n", format);
  }
});

test("rows through input", async () => {
  await command("CREATE TABLE upper_case (s String) ENGINE = MergeTree ORDER BY s");
  await command("INSERT INTO upper_case SELECT upper(s) FROM input('s String') FORMAT CSV\na\n\"b\n\n;\"\n");
  assert.equal(await textOf({ body: "SELECT s FROM upper_case ORDER BY s FORMAT CSV" }), '"A"\n"B\n\n;"\n');
});

for (const [encoding, encode] of [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
] as const) {
  test(`a body in ${encoding}`, async () => {
    const body = new Uint8Array(encode(Buffer.from("SELECT 'squeezed'")));
    assert.equal(await textOf({ body, headers: { "content-encoding": encoding } }), "squeezed\n");
  });
}

for (const [encoding, encode] of [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
] as const)
  test(`rows in ${encoding}, all in the body or begun in the URL`, async () => {
    await command("CREATE OR REPLACE TABLE squeezed (s String) ENGINE = MergeTree ORDER BY s");
    const send = async (query: string, rows: string, cut = 0) => {
      const body = new Uint8Array(encode(Buffer.from(rows))).slice(cut);
      return (await ask({ query: { query }, body, headers: { "content-encoding": encoding } })).status;
    };
    assert.equal(await send("INSERT INTO squeezed FORMAT CSV", "a\n".repeat(3)), 200);
    assert.equal(await send("INSERT INTO squeezed SELECT upper(s) FROM input('s String') FORMAT CSV", "b\n"), 200);
    assert.equal(await send("INSERT INTO squeezed FORMAT CSV\nd", "e\n"), 200);
    assert.equal(await send("INSERT INTO squeezed (s) VALUES", "('f')"), 200);
    assert.notEqual(await send("INSERT INTO squeezed FORMAT CSV", "lost\n".repeat(100), 7), 200);
    assert.equal(await textOf({ body: "SELECT groupArray(s) FROM (SELECT s FROM squeezed ORDER BY s)" }), expected);
    assert.deepEqual(await readdir(join(server.folder, "spool")), []);
  });
const expected = "['B','a','a','a','d','e','f']\n";

test("a broken or unknown encoding is refused", async () => {
  const broken = await ask({ body: "no gzip", headers: { "content-encoding": "gzip" } });
  assert.equal(broken.headers.get("x-clickhouse-exception-code"), "354");
  assert.equal((await ask({ body: "x", headers: { "content-encoding": "rot13" } })).status, 501);
});

for (const { name, sql, method } of [
  {
    name: "as rows",
    sql: "SELECT number FROM numbers(3000000) FORMAT JSONEachRow SETTINGS max_threads = 1",
    method: "POST",
  },
  { name: "as a document", sql: "SELECT number FROM numbers(3000000) FORMAT JSONCompact", method: "GET" },
  {
    name: "in the default format, with a comment at its end",
    sql: "SELECT number FROM numbers(3000000); -- all",
    method: "POST",
  },
]) {
  test(`a result too large to hold, ${name}`, async () => {
    const asked = method === "GET" ? { method, query: { query: sql } } : { body: sql };
    for (const encoding of ["identity", "gzip"]) {
      const answer = await ask({ ...asked, headers: { "accept-encoding": encoding } });
      assert.equal(answer.status, 200);
      const text = await answer.text();
      assert.ok(text.length > 20_000_000 && text.includes("2999999"));
      if (sql.includes("JSONCompact")) assert.equal(JSON.parse(text).rows, 3_000_000);
    }
    assert.deepEqual(await readdir(join(server.folder, "spool")), []);
  });
}

/** An answer as it is on the wire, its encoding untouched. */
async function raw(acceptEncoding: string, query: Record<string, string> = {}) {
  const body = await new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
    const headers = { "accept-encoding": acceptEncoding, "x-clickhouse-user": "u", "x-clickhouse-key": "p" };
    const sent = request(
      `${server.url}/?${new URLSearchParams(query)}`,
      { method: "POST", headers },
      async (answer) => {
        const parts: Buffer[] = [];
        for await (const part of answer) parts.push(part);
        resolve({ encoding: answer.headers["content-encoding"], bytes: Buffer.concat(parts) });
      },
    );
    sent.on("error", reject).end("SELECT number FROM numbers(10000)");
  });
  return body;
}

test("an answer is compressed as the client accepts, unless told not to", async () => {
  const rows = `${Array.from({ length: 10_000 }, (_, n) => n).join("\n")}\n`;
  const [gzip, zstd, none, off] = await Promise.all([
    raw("gzip"),
    raw("lz4, zstd"),
    raw(""),
    raw("gzip", { enable_http_compression: "0" }),
  ]);
  assert.deepEqual([gzip.encoding, gunzipSync(gzip.bytes).toString()], ["gzip", rows]);
  assert.deepEqual([zstd.encoding, zstdDecompressSync(zstd.bytes).toString()], ["zstd", rows]);
  for (const plain of [none, off]) assert.deepEqual([plain.encoding, plain.bytes.toString()], [undefined, rows]);
});

test("a long body in chunks goes in as it comes; one over the limit is refused", async () => {
  await command("CREATE TABLE long (n UInt64) ENGINE = MergeTree ORDER BY n");
  const send = async (rows: number) => {
    const part = Buffer.from(
      Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"filler":"${"x".repeat(50)}"}\n`).join(""),
    );
    const body = Readable.toWeb(
      Readable.from(
        (function* () {
          for (let sent = 0; sent < rows; sent += 10_000) yield part;
        })(),
      ),
    ) as ReadableStream<Uint8Array>;
    const url = `${server.url}/?${new URLSearchParams({ user: "u", password: "p", input_format_skip_unknown_fields: "1", query: "INSERT INTO long FORMAT JSONEachRow" })}`;
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    return await fetch(url, init);
  };
  const answer = await send(200_000);
  assert.equal(answer.status, 200, await answer.text());
  assert.equal(JSON.parse(answer.headers.get("x-clickhouse-summary") ?? "{}").written_rows, "200000");
  const over = await send(2_000_000).catch((error: unknown) => error);
  assert.ok(!(over instanceof Response) || over.status === 413);
  assert.equal(await textOf({ body: "SELECT count() FROM long" }), "200000\n");
});
