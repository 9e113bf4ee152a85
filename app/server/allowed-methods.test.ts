import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedMethods } from "./allowed-methods.ts";

for (const [path, methods] of [
  ["/api/v1/sagas", ["GET", "HEAD", "OPTIONS"]],
  ["/api/v1/sagas/differences", ["GET", "HEAD", "OPTIONS"]],
  ["/api/v1/sagas/a%2Fb/logs", ["GET", "HEAD", "OPTIONS"]],
  ["/api/v1/stream", ["GET", "HEAD", "OPTIONS"]],
  ["/api/v1/openapi.json", ["GET", "HEAD", "OPTIONS"]],
  ["/api/v1/alerts/rules", ["OPTIONS", "POST"]],
  ["/api/v1/alerts/rules/7", ["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]],
  ["/api/v1/alerts/secret", ["GET", "HEAD", "OPTIONS", "POST"]],
  ["/api/v1/dead-letters/replay", ["OPTIONS", "POST"]],
  ["/api/v1/dead-letters/saga.events:0:7/replay", ["OPTIONS", "POST"]],
] as const)
  test(`${path} takes ${methods.join(", ")}`, () => assert.deepEqual(allowedMethods(path), methods));

for (const path of ["/api", "/api/v1", "/api/v1/nothing", "/api/v1/sagas/", "/api/v1/openapi-json", "/sagas"])
  test(`the API has no ${path}`, () => assert.equal(allowedMethods(path), undefined));
