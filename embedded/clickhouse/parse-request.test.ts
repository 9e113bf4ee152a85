import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRequest } from "./parse-request.ts";

const parse = (url: string, headers: Record<string, string> = {}, method = "POST") =>
  parseRequest({ method, url, headers });

test("settings, parameters and the interface's own are told apart", () => {
  const ask = parse(
    "/?query=SELECT+1&database=d&default_format=CSV&query_id=q&max_threads=1&param_x=%27&wait_end_of_query=1&enable_http_compression=0",
  );
  assert.deepEqual([...ask.settings], [["max_threads", "1"]]);
  assert.deepEqual([...ask.params], [["x", "'"]]);
  assert.deepEqual(
    { sql: ask.sql, database: ask.database, format: ask.defaultFormat, id: ask.queryId, compression: ask.compression },
    { sql: "SELECT 1", database: "d", format: "CSV", id: "q", compression: false },
  );
});

for (const { name, url, headers, is } of [
  {
    name: "basic",
    url: "/",
    headers: { authorization: `Basic ${Buffer.from("u:p:ü").toString("base64")}` },
    is: { user: "u", password: "p:ü" },
  },
  {
    name: "headers",
    url: "/?user=x",
    headers: { "x-clickhouse-user": "u", "x-clickhouse-key": "k" },
    is: { user: "u", password: "k" },
  },
  { name: "the URL", url: "/?user=u&password=p%26", headers: {}, is: { user: "u", password: "p&" } },
  { name: "none", url: "/", headers: {}, is: { user: undefined, password: undefined } },
]) {
  test(`credentials by ${name}`, () => assert.deepEqual(parse(url, headers).credentials, is));
}

test("fields of a form count as if in the URL", () => {
  const ask = parseRequest({ method: "POST", url: "/?max_threads=1", headers: {} }, [
    ["query", "SELECT {a:String}"],
    ["param_a", "x"],
  ]);
  assert.deepEqual(
    [ask.sql, [...ask.params], [...ask.settings]],
    ["SELECT {a:String}", [["a", "x"]], [["max_threads", "1"]]],
  );
});

test("GET and HEAD only read", () => {
  assert.deepEqual(
    ["GET", "HEAD", "POST"].map((method) => parse("/", {}, method).readonly),
    [true, true, false],
  );
});

test("any URL is read without an exception", () => {
  fc.assert(fc.property(fc.webQueryParameters(), (query) => void parse(`/?${query}`)));
});
