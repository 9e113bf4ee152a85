import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, further } from "./address.ts";

for (const { asked, is } of [
  { asked: addressOf("/freshness", {}), is: "/api/v1/freshness" },
  {
    asked: addressOf("/sagas", { state: ["failed", "running"], type: "order", minMs: 5, q: "a b" }),
    is: "/api/v1/sagas?state=failed&state=running&type=order&minMs=5&q=a+b",
  },
  { asked: addressOf("/sagas/{id}/logs", { id: "a/b $& ?" }), is: "/api/v1/sagas/a%2Fb%20%24%26%20%3F/logs" },
  {
    asked: addressOf("/sagas/{id}", { id: "a", at: "2026-06-01T00:00:00Z" }),
    is: "/api/v1/sagas/a?at=2026-06-01T00%3A00%3A00Z",
  },
  {
    asked: further(addressOf("/sagas", { state: "failed" }), { cursor: "x=" }),
    is: "/api/v1/sagas?state=failed&cursor=x%3D",
  },
  { asked: further(addressOf("/sagas", {}), { cursor: "x" }), is: "/api/v1/sagas?cursor=x" },
])
  test(is, () => assert.equal(asked, is));

test("what is not asked so does not compile", () => {
  // @ts-expect-error: there is no such path
  addressOf("/saga", {});
  // @ts-expect-error: one saga has an id
  addressOf("/sagas/{id}", {});
  // @ts-expect-error: there is no such state
  addressOf("/sagas", { state: "broken" });
  // @ts-expect-error: a wrong name
  addressOf("/sagas", { stat: "failed" });
  // @ts-expect-error: the gateway has no pages
  further(addressOf("/gateway", {}), { cursor: "x" });
});
