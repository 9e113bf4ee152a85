import assert from "node:assert/strict";
import { test } from "node:test";
import { chipKeys } from "#components/filter/chips.ts";
import { TimeRange } from "#contracts/api/answer.ts";
import { SagaFilterParams } from "#contracts/api/params.ts";
import { questions } from "#contracts/api/questions.ts";
import { sagaSorts } from "#contracts/words.ts";
import { parseParams } from "./params.ts";
import { readView } from "./view.ts";

test("a path and query name a question and its parameters", () => {
  const { name, params } = readView("/api/v1/sagas?state=failed&label=a%3Db&label=c%3Dd");
  assert.equal(name, "sagas");
  assert.deepEqual(params, { state: "failed", label: ["a=b", "c=d"] });
});

test("an id in the path is decoded", () => {
  assert.deepEqual(readView("/api/v1/sagas/a%2Fb%20%3F/logs"), {
    name: "sagaLogs",
    params: { id: "a/b ?" },
    key: readView("/api/v1/sagas/a%2fb+%3F/logs".replace("+", "%20")).key,
  });
});

test("the order of parameters makes no other view", () => {
  assert.equal(readView("/api/v1/sagas?q=1&state=a&state=b").key, readView("/api/v1/sagas?state=b&q=1&state=a").key);
  assert.notEqual(readView("/api/v1/sagas?q=1").key, readView("/api/v1/sagas?q=2").key);
});

for (const path of ["/api/v1/nothing", "/sagas", "/api/v1/sagas/", "/api/v1/sagas/%", "/api/v1/alerts"]) {
  test(`no question: ${path}`, () => assert.throws(() => readView(path), { code: "BAD_REQUEST" }));
}

const parse = (query: string) => {
  const { name, params } = readView(`/api/v1/sagas${query}`);
  return parseParams(questions[name].params, params);
};

test("every filter of the list is a chip", () => {
  const filters = Object.keys(SagaFilterParams.shape).filter((key) => !(key in TimeRange.shape));
  assert.deepEqual([...chipKeys].sort(), filters.sort());
});

test("what is left out has its default", () => {
  assert.deepEqual(parse(""), {
    limit: 50,
    state: [],
    verdict: [],
    rule: [],
    type: [],
    version: [],
    service: [],
    serviceVersion: [],
    error: [],
    fingerprint: [],
    step: [],
    waitsIn: [],
    failedStep: [],
    residual: [],
    label: [],
    sort: "started",
  });
});

for (const by of sagaSorts) {
  test(`sorts by ${by}, both ways`, () => {
    for (const sort of [by, `${by}.asc`, `${by}.desc`])
      assert.equal((parse(`?sort=${sort}`) as { sort: string }).sort, sort);
  });
}

test("states come as a list or repeated", () => {
  const { state } = parse("?state=failed,running") as { state: string[] };
  assert.deepEqual(state, ["failed", "running"]);
  assert.deepEqual(parse("?state=failed&state=running"), parse("?state=failed,running"));
});

for (const [query, says] of [
  ["?limit=0", /limit/],
  ["?limit=1e9", /limit/],
  ["?state=broken", /state/],
  ["?label=nothing", /key=value/],
  ["?range=yesterday", /15m/],
  ["?from=monday", /from/],
  ["?from=0001-01-01T00:00:00Z&to=0001-02-01T00:00:00Z", /from: wants a year from 2000 to 2099.*to: wants/],
  ["?from=1999-12-31T00:00:00Z&to=2000-01-01T00:00:00Z", /from: wants a year from 2000 to 2099/],
  ["?from=2099-12-31T00:00:00Z&to=2100-01-01T00:00:00Z", /to: wants a year from 2000 to 2099/],
  ["?from=9999-01-01T00:00:00Z", /from: wants a year from 2000 to 2099/],
  ["?at=0001-01-01T00:00:00Z", /at: wants a year from 2000 to 2099/],
  ["?stat=failed", /known are range/],
  ["?sort=size", /sort/],
  ["?sort=type.up", /sort/],
  ["?q=%00", /q/],
  ["?label=a%00%3Db", /key=value|NUL/],
] as const) {
  test(`refused with what to do: ${query}`, () =>
    assert.throws(() => parse(query), { code: "BAD_REQUEST", message: says }));
}

for (const [path, says] of [
  ["/releases/verdict?type=t&baseline=v1&canary=v2&since=9999-01-01T00:00:00Z", /since: wants a year/],
  ["/releases/verdict?type=t&baseline=v1", /canary: /],
] as const)
  test(`refused with what to do: ${path}`, () => {
    const { name, params } = readView(`/api/v1${path}`);
    assert.throws(() => parseParams(questions[name].params, params), { code: "BAD_REQUEST", message: says });
  });

for (const query of [
  "",
  "?type=t",
  "?type=t&baseline=v1",
  "?type=t&baseline=v1&canary=v2",
  "?type=t&baseline=v1&canary=v1",
])
  test(`compares what it is asked to: /releases${query}`, () => {
    const { name, params } = readView(`/api/v1/releases${query}`);
    assert.ok(parseParams(questions[name].params, params));
  });
