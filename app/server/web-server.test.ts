import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "#contracts/api/problem.ts";
import { createWebServer } from "./web-server.ts";

const server = createWebServer(({ method, url }, response) => {
  if (url === "/unending") response.write("begun");
  else response.end(`${method} ${url}`);
});
before(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});
after(() => server.close());

/** What comes back to these bytes, the connection being closed after them. */
async function send(bytes: string): Promise<{ status: number; headers: Headers; body: string }> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(": ")[0] ?? "", line.split(": ")[1] ?? ""]),
  );
  return { status: Number(first.split(" ")[1]), headers, body };
}

const ask = (line: string, more = "") => `${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${more}\r\n`;

test("what Next.js can take reaches it", async () => {
  const { status, body } = await send(ask("QUERY /api/v1/sagas?q=1"));
  assert.deepEqual([status, body], [200, "QUERY /api/v1/sagas?q=1"]);
});

test("what is no request does not garble the answer that is under way", async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write("GET /unending HTTP/1.1\r\nhost: a\r\n\r\n");
  let come = "";
  for await (const chunk of socket) {
    if (come === "") socket.write("what\r\n\r\n");
    come += chunk;
  }
  assert.match(come, /^HTTP\/1\.1 200 .*\r\n5\r\nbegun\r\n$/s);
});

test("who asks for a tunnel and then stays is cut off", { timeout: 10_000 }, async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.write(`${ask("CONNECT a:443")}more`);
  await text(socket);
  const [error] = await Promise.all([once(socket, "error"), tellUntilCut(socket)]);
  assert.ok(error);
});

async function tellUntilCut(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write("more");
    await sleep(100);
  }
}

for (const { name, header } of [
  { name: "another protocol", header: "upgrade: websocket\r\nconnection: upgrade\r\n" },
  { name: "what nobody can meet", header: "expect: a-wonder\r\n" },
])
  test(`who asks for ${name} gets the answer in plain HTTP`, async () => {
    const { status, body } = await send(`GET /api/v1/sagas HTTP/1.0\r\nhost: a\r\n${header}\r\n`);
    assert.deepEqual([status, body], [200, "GET /api/v1/sagas"]);
  });

for (const { name, bytes, status, type, allow } of [
  {
    name: "TRACE",
    bytes: ask("TRACE /api/v1/sagas?q=1"),
    status: 405,
    type: "method-not-allowed",
    allow: "GET, HEAD, OPTIONS",
  },
  {
    name: "TRACE of what only takes POST",
    bytes: ask("TRACE /api/v1/alerts/rules"),
    status: 405,
    type: "method-not-allowed",
    allow: "OPTIONS, POST",
  },
  { name: "CONNECT", bytes: ask("CONNECT a:443"), status: 405, type: "method-not-allowed", allow: "GET, HEAD" },
  {
    name: "a method that nobody knows",
    bytes: ask("FETCH /api/v1/alerts/secret?a"),
    status: 405,
    type: "method-not-allowed",
    allow: "GET, HEAD, OPTIONS, POST",
  },
  {
    name: "headers without end",
    bytes: ask("GET /api/v1/sagas", `cookie: ${"x".repeat(20_000)}\r\n`),
    status: 431,
    type: "headers-too-large",
  },
  { name: "an address without end", bytes: ask(`GET /?${"x".repeat(20_000)}`), status: 431, type: "headers-too-large" },
  { name: "no host", bytes: "GET / HTTP/1.1\r\nconnection: close\r\n\r\n", status: 400, type: "bad-request" },
  { name: "an address that is none", bytes: ask("GET *"), status: 400, type: "bad-request" },
  { name: "no HTTP", bytes: "\x16\x03\x01\r\n\r\n", status: 400, type: "bad-request" },
  { name: "a header without a colon", bytes: ask("GET /", "what\r\n"), status: 400, type: "bad-request" },
])
  test(`${name} is answered by problem details`, async () => {
    const answer = await send(bytes);
    const problem = Problem.parse(JSON.parse(answer.body));
    assert.deepEqual([answer.status, problem.status], [status, status]);
    assert.equal(problem.type, `urn:sagascope:problem:${type}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("allow"), allow ?? null);
  });
