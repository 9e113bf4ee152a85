import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import fc from "fast-check";
import { connectInFrames, Frames } from "./kafkajs-frames.ts";

const framed = (payload: Uint8Array) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

test("however the bytes come, each answer comes out whole, with its length, once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (payloads, sizes) => {
        const sent = payloads.map(framed);
        const all = Buffer.concat(sent);
        const frames = new Frames();
        const read = Buffer.alloc(30);
        const come: Buffer[] = [];
        for (let at = 0; at < all.length; ) {
          const size = Math.min(sizes.next().value ?? 1, all.length - at);
          // The same bytes are read into again.
          all.copy(read, 0, at, at + size);
          come.push(...frames.take(read.subarray(0, size)));
          at += size;
        }
        assert.deepEqual(come, sent);
      },
    ),
  );
});

test("what is surely no broker is told so, and nothing is made ready for it", () => {
  const frames = new Frames();
  assert.throws(() => [...frames.take(Buffer.from("HTTP/1.1 400 Bad Request"))], {
    code: "BAD_SETTING",
    message: /KAFKA_TLS/,
  });
  for (const begins of ["ffffffff", "1503030002", "1403030001"])
    assert.throws(() => [...new Frames().take(Buffer.from(begins, "hex"))], { code: "BAD_SETTING" });
});

/** Of nobody but this test; good from 2020 to 2120. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1+LbgKuwIDaBsx3R
Wmkb4Nk92o1KoUe56JSr19iR4sqhRANCAAT8ei7Q76R0jQwCmuC+xuCjdhxOivs9
uTN+SJ+q5Ez4IwkvaYKWZb4o0F1yjeaRYE1snahZCUoYD+cG7GVU4crK
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBXzCCAQSgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPx6LtDvpHSNDAKa
4L7G4KN2HE6K+z25M35In6rkTPgjCS9pgpZlvijQXXKN5pFgTWydqFkJShgP5wbs
ZVThysqjRTBDMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAMBgNVHRMEBTADAQH/MB0G
A1UdDgQWBBSIuM00v9ls4r9thWdtjPMQGYy3wzAKBggqhkjOPQQDAgNJADBGAiEA
+sYiBzrGWke60nuQlStSihjIN3/jB9cND7Nbq6DdVuICIQCddlxlroknkvYAlPg9
BEclcAPSu7z9NwCfISEDLAJfqw==
-----END CERTIFICATE-----`;

for (const { name, server, ssl } of [
  { name: "TCP", server: createServer(), ssl: undefined },
  { name: "TLS", server: createTlsServer({ key, cert }), ssl: { ca: cert } },
] satisfies { name: string; server: Server; ssl: unknown }[])
  test(`over ${name} whole answers come, large and small, and then the end`, { timeout: 30_000 }, async () => {
    const answers = [Buffer.alloc(3_000_000, "a"), Buffer.from("b"), Buffer.alloc(0), Buffer.alloc(700_000, "c")].map(
      framed,
    );
    server.on(ssl ? "secureConnection" : "connection", (socket: Socket) => {
      socket.once("data", () => socket.end(Buffer.concat(answers)));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const come: Buffer[] = [];
    // As kafkajs has it: whether it is to be TLS is told by there being options for it.
    const options = ssl as Parameters<typeof connectInFrames>[0]["ssl"];
    const socket = connectInFrames({ host: "localhost", port, ssl: options, onConnect: () => socket.write("?") });
    socket.on("data", (frame: Buffer) => come.push(frame));
    await once(socket, "end");
    assert.ok(Buffer.concat(come).equals(Buffer.concat(answers)));
    assert.deepEqual(
      come.map(({ length }) => length),
      answers.map(({ length }) => length),
    );
    socket.destroy();
    server.close();
  });
