import assert from "node:assert/strict";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { ReadableStream } from "node:stream/web";
import { after, before, test } from "node:test";
import { createProcesses, type Processes } from "#services-demo/testing/processes.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

let upstream: Server;
let processes: Processes<"gateway">;
const seen: Seen[] = [];
const bodyLimitBytes = 100_000;

before(async () => {
  upstream = createServer(async (incoming, response) => {
    if (incoming.url === "/never") return;
    if (incoming.url === "/cut") return void response.socket?.destroy();
    let body = "";
    try {
      for await (const chunk of incoming) body += chunk;
    } catch {
      return; // The gateway gave up on a body that was too big.
    }
    const { method = "", url = "", headers } = incoming;
    seen.push({ method, url, headers, body });
    response.writeHead(url === "/teapot" ? 418 : 200, {
      "x-from": "upstream",
      "keep-alive": "timeout=99",
      "set-cookie": ["a=1", "b=2"],
    });
    response.end(`got ${body.length}`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  processes = await createProcesses(["gateway"], () => ({
    GATEWAY_ROUTES: `echo=${url},gone=http://127.0.0.1:9`,
    GATEWAY_TIMEOUT_MS: "500",
    GATEWAY_BODY_LIMIT_BYTES: String(bodyLimitBytes),
  }));
  await processes.start("gateway");
});
after(async () => {
  upstream.close();
  upstream.closeAllConnections();
  assert.equal(await processes.end("gateway", "SIGTERM"), 0);
});

const via = (path: string, init?: RequestInit) => fetch(`${processes.urlOf("gateway")}${path}`, init);

test("method, path, query, headers and body reach the service; its status and headers come back", async () => {
  seen.length = 0;
  const answer = await via("/echo/a/b%20c?x=1&x=2&y=%E2%82%AC", {
    method: "PATCH",
    body: "hello",
    headers: { "x-mine": "1", "content-type": "text/odd" },
  });
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), "got 5");
  assert.equal(answer.headers.get("x-from"), "upstream");
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  const [got] = seen;
  assert.equal(got?.method, "PATCH");
  assert.equal(got?.url, "/a/b%20c?x=1&x=2&y=%E2%82%AC");
  assert.equal(got?.body, "hello");
  assert.equal(got?.headers["x-mine"], "1");
  assert.equal(got?.headers["content-type"], "text/odd");
  assert.match(`${got?.headers["x-forwarded-for"]}`, /127\.0\.0\.1$/);
  assert.match(`${got?.headers.traceparent}`, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("the caller's trace goes on", async () => {
  seen.length = 0;
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await via("/echo/traced", { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  assert.equal(`${seen[0]?.headers.traceparent}`.split("-")[1], traceId);
});

test("headers of one connection stay on it", async () => {
  seen.length = 0;
  await new Promise<void>((resolve, reject) => {
    const headers = {
      connection: "close, x-private",
      "x-private": "1",
      te: "trailers",
      "proxy-authorization": "secret",
    };
    request(`${processes.urlOf("gateway")}/echo/hops`, { headers }, (answer) => answer.resume().once("end", resolve))
      .once("error", reject)
      .end();
  });
  for (const name of ["x-private", "te", "proxy-authorization"]) assert.equal(seen[0]?.headers[name], undefined, name);
});

for (const { path, status, error } of [
  { path: "/nobody/x", status: 404, error: "Service not found" },
  { path: "/", status: 404, error: "Service not found" },
  { path: "/gone/x", status: 502, error: "The service gone cannot be reached" },
  { path: "/echo/cut", status: 502, error: "The service echo cannot be reached" },
  { path: "/echo/never", status: 504, error: "The service echo did not answer in time" },
  { path: "/echo/%2e%2e%2fsecret", status: 400, error: "The path is not valid" },
  { path: "/echo/%zz", status: 400, error: "'/echo/%zz' is not a valid url component" },
]) {
  test(`${path} is refused with ${status}`, async () => {
    const answer = await via(path);
    assert.deepEqual(await answer.json(), { error });
    assert.equal(answer.status, status);
  });
}

test("a service's own error passes through", async () => assert.equal((await via("/echo/teapot")).status, 418));

test("a body too big is refused, announced or not", async () => {
  const announced = await via("/echo/big", { method: "POST", body: "x".repeat(bodyLimitBytes + 1) });
  assert.equal(announced.status, 413);
  const chunks = async function* () {
    for (let index = 0; index < 20; index++) yield Buffer.alloc(bodyLimitBytes / 10);
  };
  const streamed = await via("/echo/big", {
    method: "POST",
    body: ReadableStream.from(chunks()),
    duplex: "half",
  } as RequestInit);
  assert.equal(streamed.status, 413);
});

for (const garbage of [
  "\0\0\0\0\r\n\r\n",
  "GET\r\n\r\n",
  "POST /echo/x HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
  "POST /echo/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  "POST /echo/x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
  `GET /echo/${"a".repeat(30_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  "GET /echo/x HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
]) {
  test(`garbage on the wire hurts nobody: ${JSON.stringify(garbage.slice(0, 60))}`, async () => {
    const { hostname, port } = new URL(processes.urlOf("gateway"));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(garbage));
      socket.on("error", () => {}).on("data", () => {});
      socket.setTimeout(2000, () => socket.destroy());
      socket.once("close", () => resolve());
    });
    assert.equal((await via("/echo/still")).status, 200);
  });
}
