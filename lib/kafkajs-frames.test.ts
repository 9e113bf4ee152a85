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
  assert.throws(() => [...new Frames().take(Buffer.from("ffffffff", "hex"))], { code: "BAD_SETTING" });
});

/** Of nobody but this test; good until 2126. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbz4T5QMx03JuD1Eg
iO/DhEn+Vk5MrRCi6k13CwweJFyhRANCAAR6Rrbktzc8oSRIaev+MK4RH1YVowty
PFaJkd5loK1KlSMNM3Bp/GqBgk2hH1d6e9MejPNZip1v/S9XU+rId4JI
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUe23eQdDfMC7LCncnk5DfQlXZEMMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDAyMDgwN1oYDzIxMjYxMTA2
MDIwODA3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR6Rrbktzc8oSRIaev+MK4RH1YVowtyPFaJkd5loK1KlSMNM3Bp/GqB
gk2hH1d6e9MejPNZip1v/S9XU+rId4JIo2kwZzAdBgNVHQ4EFgQUWx94yvaJtyZz
oH5RvJ36DlHponQwHwYDVR0jBBgwFoAUWx94yvaJtyZzoH5RvJ36DlHponQwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgQIH0FrsWv8lVqgOSo4XmBPQnltgykV/bFU6GsHN47ywCICHld9rD7aoZ
gdt/+XEH1YStQTBNHHtgcJCqW6suDtB+
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
