import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "#contracts/api/problem.ts";
import { refuseRequest } from "./refuse-request.ts";

const refused = (method: string, address: string) => {
  const { pathname: path, searchParams: search } = new URL(address, "http://127.0.0.1");
  return refuseRequest({ method, path, search });
};

for (const [method, address] of [
  ["GET", "/api/v1/alerts"],
  ["GET", "/api/v1/openapi.json"],
  ["POST", "/api/v1/alerts/secret"],
  ["OPTIONS", "/api/v1/alerts?nope=1"],
  // Their routes say themselves what they know.
  ["GET", "/api/v1/sagas?nope=1"],
  ["GET", "/api/v1/sagas/a?nope=1"],
  ["GET", "/api/v1/stream?nope=1"],
  ["GET", "/sagas?nope=1"],
] as const)
  test(`${method} ${address} may pass`, () => assert.equal(refused(method, address), undefined));

for (const [method, address, status, says] of [
  ["GET", "/api/v1/nothing", 404, /openapi\.json/],
  ["PATCH", "/api/v1/alerts", 405, /GET/],
  ["GET", "/api/v1/alerts?nope=1", 400, /^nope: not known here; known are none\.$/],
  ["HEAD", "/api/v1/alerts?nope=1", 400, /nope/],
  ["GET", "/api/v1/alerts/secret?range=1h", 400, /range/],
  ["GET", "/api/v1/alerts/rules/7?nope", 400, /nope/],
  ["GET", "/api/v1/openapi.json?a=1&b=2", 400, /a, b: not known/],
  ["POST", "/api/v1/alerts/secret?nope=1", 400, /nope/],
  ["POST", "/api/v1/dead-letters/replay?range=1h", 400, /range/],
  ["DELETE", "/api/v1/alerts/rules/7?nope=1", 400, /nope/],
] as const)
  test(`${method} ${address} is ${status} and says why`, async () => {
    const response = refused(method, address);
    assert.ok(response);
    assert.equal(response.status, status);
    assert.match(Problem.parse(await response.json()).detail ?? "", says);
  });
