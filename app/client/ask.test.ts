import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type Address, addressOf } from "#contracts/api/address.ts";
import type { Gateway } from "#contracts/api/gateway.ts";
import type { SagaList } from "#contracts/api/saga.ts";
import { ask, tell } from "./ask.ts";

/** What is asked for while `work` runs, every answer being an empty object. */
async function fetched(work: () => Promise<unknown>): Promise<{ url: unknown; method: unknown; body: unknown }[]> {
  const fake = mock.method(globalThis, "fetch", async () => Response.json({}));
  await work();
  fake.mock.restore();
  return fake.mock.calls.map(({ arguments: [url, { method, body } = {}] }) => ({ url, method, body }));
}

test("an answer has the type of the question", async () => {
  const calls = await fetched(async () => {
    const list: SagaList = await ask(addressOf("/sagas", { state: "failed" }));
    // @ts-expect-error: a list of sagas is not what goes through the gateway
    const gateway: Gateway = await ask(addressOf("/sagas", {}));
    assert.ok(list && gateway);
  });
  assert.deepEqual(
    calls.map(({ url }) => url),
    ["/api/v1/sagas?state=failed", "/api/v1/sagas"],
  );
});

test("only an address of the API is asked, and none is the address of another question", () => {
  const address = addressOf("/sagas", {});
  // @ts-expect-error: the question is another
  const other: Address<"/gateway"> = address;
  // @ts-expect-error: text that anybody made
  const text: Address<"/sagas"> = "/api/v1/sagas";
  assert.equal(other, text);
});

test("a change is told with its own body", async () => {
  const rule = {
    name: "a",
    condition: "failed",
    threshold: 1,
    windowSeconds: 60,
    webhookUrl: "https://a.example",
  } as const;
  const calls = await fetched(async () => {
    await tell("PUT", "/alerts/rules/{id}", { id: "a/b", body: rule });
    await tell("DELETE", "/alerts/rules/{id}", { id: "7" });
    // @ts-expect-error: a rule has a condition
    await tell("POST", "/alerts/rules", { body: { ...rule, condition: "broken" } });
    // @ts-expect-error: nothing is posted to one rule
    await tell("POST", "/alerts/rules/{id}", { id: "7" });
  });
  assert.deepEqual(calls.slice(0, 2), [
    { url: "/api/v1/alerts/rules/a%2Fb", method: "PUT", body: JSON.stringify(rule) },
    { url: "/api/v1/alerts/rules/7", method: "DELETE", body: undefined },
  ]);
});
