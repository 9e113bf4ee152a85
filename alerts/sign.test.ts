import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { signatureHeaders } from "./sign.ts";

const first = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const second = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const body = '{"type":"alert.firing","name":"größer"}';

test("the signature is the one that the specification describes", () => {
  const headers = signatureHeaders({ id: "msg_1", atMs: 1_700_000_000_999, body }, [first]);
  const expected = createHmac("sha256", Buffer.alloc(32, 1)).update(`msg_1.1700000000.${body}`).digest("base64");
  assert.deepEqual(headers, {
    "webhook-id": "msg_1",
    "webhook-timestamp": "1700000000",
    "webhook-signature": `v1,${expected}`,
  });
});

test("while two secrets hold, a receiver with either accepts it", () => {
  const headers = signatureHeaders({ id: "msg_1", atMs: Date.now(), body }, [second, first]);
  for (const secret of [first, second]) assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
});

test("a changed body is refused", () => {
  const headers = signatureHeaders({ id: "msg_1", atMs: Date.now(), body }, [first]);
  assert.throws(() => new Webhook(first).verify(`${body} `, headers));
});
