import assert from "node:assert/strict";
import { test } from "node:test";
import { AlertRuleInput } from "#contracts/api/alerts.ts";
import { Problem } from "#contracts/api/problem.ts";
import { SagascopeError } from "#lib/errors.ts";
import { commandResponse, readBody } from "./command-route.ts";

const rule = {
  name: "Orders fail",
  condition: "failed",
  threshold: 2,
  windowSeconds: 300,
  webhookUrl: "https://example.org/hook",
};
const answer = (body: string | Buffer<ArrayBuffer>) =>
  commandResponse(() => readBody(new Request("http://127.0.0.1/", { method: "POST", body }), AlertRuleInput), 201);

test("a right body is taken, with its defaults", async () => {
  const response = await answer(JSON.stringify(rule));
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), { ...rule, sagaType: null, severity: "warning", enabled: true });
});

for (const { name, body, status, says } of [
  { name: "nothing", body: "", status: 400, says: /is not JSON/ },
  { name: "half of it", body: '{"name":', status: 400, says: /is not JSON/ },
  { name: "bytes that are no UTF-8", body: Buffer.from([0x7b, 0xff, 0x7d]), status: 400, says: /is not UTF-8/ },
  { name: "a list", body: "[]", status: 400, says: /^body: / },
  { name: "wrong types", body: '{"name":5}', status: 400, says: /name: .*condition: .*threshold: / },
  {
    name: "another scheme",
    body: JSON.stringify({ ...rule, webhookUrl: "file:///etc/passwd" }),
    status: 400,
    says: /webhookUrl/,
  },
  { name: "a lone surrogate", body: JSON.stringify({ ...rule, name: "\ud800" }), status: 400, says: /name: / },
  { name: "a body without end", body: `{"name":"${"x".repeat(100_000)}"}`, status: 413, says: /at most 64 KB/ },
])
  test(`${name} is answered with ${status} and what is wrong`, async () => {
    const response = await answer(body);
    assert.equal(response.status, status);
    assert.match(Problem.parse(await response.json()).detail ?? "", says);
  });

test("nothing to say is 204", async () => {
  const response = await commandResponse(async () => undefined);
  assert.equal(response.status, 204);
  assert.equal(await response.text(), "");
});

test("a refusal keeps its code", async () => {
  const response = await commandResponse(async () => {
    throw new SagascopeError("NOT_FOUND", "There is no rule x.");
  });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
});
