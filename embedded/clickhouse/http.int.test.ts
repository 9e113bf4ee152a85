import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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

test("ping, health and what is not there", async () => {
  for (const path of ["/ping", "/replicas_status", "/healthz", "/readyz", "/"]) {
    assert.equal(
      await (
        await fetch(server.url + path, path === "/" ? { headers: { authorization: `Basic ${btoa("u:p")}` } } : {})
      ).text(),
      "Ok.\n",
    );
  }
  assert.match(await (await fetch(`${server.url}/metrics`)).text(), /clickhouse_lanes_running/);
  assert.equal((await fetch(`${server.url}/nowhere`)).status, 404);
});

for (const { name, query, headers, status } of [
  { name: "basic", query: {}, headers: { authorization: `Basic ${btoa("u:p")}` }, status: 200 },
  { name: "headers", query: {}, headers: { "x-clickhouse-user": "u", "x-clickhouse-key": "p" }, status: 200 },
  { name: "the URL", query: { user: "u", password: "p" }, headers: {}, status: 200 },
  { name: "nothing", query: {}, headers: {}, status: 403 },
  { name: "a wrong password", query: { user: "u", password: "P" }, headers: {}, status: 403 },
  { name: "a wrong user", query: { user: "U", password: "p" }, headers: {}, status: 403 },
]) {
  test(`log-in by ${name} gives ${status}`, async () => {
    const answer = await fetch(`${server.url}/?${new URLSearchParams(query)}`, {
      method: "POST",
      body: "SELECT 1",
      headers,
    });
    assert.equal(answer.status, status);
    assert.match(
      await answer.text(),
      status === 200 ? /^1\n$/ : /^Code: 516\. .*\(AUTHENTICATION_FAILED\) \(version [\d.]+\)\n$/,
    );
  });
}

test("a question finds nothing of the one before it", async () => {
  const settings = "SELECT getSetting('max_threads'), currentDatabase(), getSetting('log_comment')";
  const asked = (query: Record<string, string>, body: string) => textOf({ query, body });
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(await asked({ param_a: `${turn}` }, "SELECT {a:UInt8}"), `${turn}\n`);
    assert.match(await asked({}, "SELECT {a:UInt8}"), /UNKNOWN_QUERY_PARAMETER/);
    assert.match(await asked({ param_b: "1" }, "SELECT {a:UInt8}"), /UNKNOWN_QUERY_PARAMETER/);
    assert.equal(
      await asked({ max_threads: "1", database: "system", query_id: `q-${turn}` }, settings),
      `1\tsystem\tq-${turn}\n`,
    );
    assert.equal(await asked({ max_threads: "2", query_id: `r-${turn}` }, settings), `2\tdefault\tr-${turn}\n`);
    assert.match(
      await asked({ max_threads: "2" }, "SELECT 1 SETTINGS max_threads = 7 FORMAT Nothing"),
      /UNKNOWN_FORMAT/,
    );
    assert.equal(await asked({ readonly: "2", max_threads: "3" }, "SELECT getSetting('readonly')"), "2\n");
    assert.equal(await asked({ max_threads: "3" }, "SELECT getSetting('readonly')"), "0\n");
  }
});

test("the query in the URL, in the body, in both", async () => {
  assert.equal(await textOf({ method: "GET", query: { query: "SELECT 1" } }), "1\n");
  assert.equal(await textOf({ query: { query: "SELECT" }, body: "1 + 1" }), "2\n");
  assert.equal(
    await textOf({ query: { query: "SELECT 1,", default_format: "JSONCompactEachRow" }, body: "'a' FORMAT CSV" }),
    '1,"a"\n',
  );
  assert.equal(await textOf({ query: { default_format: "JSONCompactEachRow" }, body: "SELECT 1" }), "[1]\n");
  assert.equal(await textOf({ body: "SELECT 1", headers: { "x-clickhouse-format": "CSVWithNames" } }), '"1"\n1\n');
  assert.equal(await textOf({ body: "SELECT 1 FORMAT Null" }), "");
});

test("headers of an answer", async () => {
  const answer = await ask({ query: { query_id: "my id" }, body: "SELECT number FROM numbers(10) FORMAT JSON" });
  const summary = JSON.parse(answer.headers.get("x-clickhouse-summary") ?? "{}") as Record<string, string>;
  assert.deepEqual([summary.read_rows, summary.result_rows], ["10", "10"]);
  assert.ok(Number(summary.elapsed_ns) > 0);
  const heads = ["x-clickhouse-query-id", "x-clickhouse-format", "content-type"].map((name) =>
    answer.headers.get(name),
  );
  assert.deepEqual(heads, ["my id", "JSON", "application/json; charset=UTF-8"]);
  assert.ok(answer.headers.get("x-clickhouse-server-display-name") && answer.headers.get("x-clickhouse-timezone"));
});

test("HEAD has headers and no body", async () => {
  const answer = await ask({ method: "HEAD", query: { query: "SELECT 1" } });
  assert.deepEqual(
    [answer.status, await answer.text(), answer.headers.get("x-clickhouse-format")],
    [200, "", "TabSeparated"],
  );
});

test("GET may not write", async () => {
  const answer = await ask({ method: "GET", query: { query: "CREATE TABLE no (a Int8) ENGINE = Memory" } });
  assert.equal(answer.headers.get("x-clickhouse-exception-code"), "164");
});

for (const { name, body, query, status, code } of [
  { name: "nothing", body: "", query: {}, status: 400, code: "62" },
  { name: "a comment", body: "-- x", query: {}, status: 400, code: "62" },
  { name: "an unknown table", body: "SELECT * FROM nowhere", query: {}, status: 404, code: "60" },
  { name: "an unknown database", body: "SELECT 1", query: { database: "nowhere" }, status: 404, code: "81" },
  { name: "an unknown setting", body: "SELECT 1", query: { no_such: "1" }, status: 404, code: "115" },
  { name: "a setting that is none", body: "SELECT 1", query: { "x; DROP TABLE t": "1" }, status: 404, code: "115" },
  { name: "a setting's bad value", body: "SELECT 1", query: { max_threads: "many" }, status: 400, code: "27" },
  { name: "a bad parameter", body: "SELECT {a:UInt8}", query: { param_a: "x" }, status: 500, code: "457" },
  {
    name: "a result over the cap",
    body: "SELECT number FROM numbers(1000000)",
    query: { max_result_bytes: "1000000" },
    status: 500,
    code: "396",
  },
  {
    name: "a failure far into a large result",
    body: "SELECT throwIf(number = 3000000) FROM numbers(4000000)",
    query: {},
    status: 500,
    code: "395",
  },
  {
    name: "rows for a table that is not there",
    body: "INSERT INTO nowhere FORMAT CSV\n1",
    query: {},
    status: 404,
    code: "60",
  },
  {
    name: "an unknown format of rows",
    body: "INSERT INTO FUNCTION null('a Int8') FORMAT Nope\n1",
    query: {},
    status: 404,
    code: "73",
  },
]) {
  test(`${name}: ${status}, code ${code}`, async () => {
    const answer = await ask({ body, query });
    const text = await answer.text();
    assert.deepEqual([answer.status, answer.headers.get("x-clickhouse-exception-code")], [status, code], text);
    assert.match(text, new RegExp(`^Code: ${code}\\. DB::Exception: [^]*\\([A-Z_0-9]+\\) \\(version [\\d.]+\\)\\.?`));
  });
}

test("a session keeps its temporary tables and settings, for itself; a request's settings are not the session's", async () => {
  const session = { session_id: "s-1" };
  await textOf({ query: session, body: "CREATE TEMPORARY TABLE mine (a UInt8)" });
  await textOf({ query: session, body: "INSERT INTO mine VALUES (7)" });
  await textOf({ query: session, body: "SET max_threads = 3" });
  const seen = {
    query: { ...session, max_block_size: "77" },
    body: "SELECT a, getSetting('max_threads'), getSetting('max_block_size') FROM mine",
  };
  assert.equal(await textOf(seen), "7\t3\t77\n");
  assert.notEqual(await textOf({ query: session, body: "SELECT getSetting('max_block_size')" }), "77\n");
  assert.equal((await ask({ body: "SELECT * FROM mine" })).status, 404);
  assert.equal(
    (await ask({ query: { session_id: "none", session_check: "1" }, body: "SELECT 1" })).headers.get(
      "x-clickhouse-exception-code",
    ),
    "372",
  );
  const slow = ask({ query: session, body: "SELECT sleep(1)" });
  const second = await (async () => {
    for (;;) {
      const answer = await ask({ query: session, body: "SELECT 1" });
      if (answer.status !== 200) return answer.headers.get("x-clickhouse-exception-code");
      await answer.text();
    }
  })();
  assert.equal(second, "373");
  await slow;
});

test("many small queries leave nothing behind in the engine", async () => {
  const tracked = async () =>
    Number(await textOf({ body: "SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'" }));
  const burst = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      assert.equal(await textOf({ query: { param_n: String(n) }, body: "SELECT {n:UInt32}" }), `${n}\n`);
    }
  };
  await Promise.all([burst(100), burst(100)]);
  const before = await tracked();
  await Promise.all([burst(500), burst(500)]);
  assert.ok((await tracked()) - before < 8 * 1024 * 1024);
});
