import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { z } from "zod";
import { AlertRule, AlertRuleAnswer, Alerts, WebhookSecretAnswer } from "#contracts/api/alerts.ts";
import { Problem } from "#contracts/api/problem.ts";
import { ask, endpoints, tell } from "./stack.ts";

const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "PROPFIND", "FETCH"];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Asks as no client would: by any method, and with any header. */
async function send(method: string, path: string, more = ""): Promise<Answer> {
  const { web, token } = endpoints();
  const { hostname, host, port } = new URL(web);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n`,
  );
  socket.write(`${more}\r\n`);
  const all = await text(socket);
  const [head = "", ...lines] = all.slice(0, all.indexOf("\r\n\r\n")).split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(": ")[0] ?? "", line.split(": ")[1] ?? ""]),
  );
  return { status: Number(head.split(" ")[1]), headers, body: all.slice(all.indexOf("\r\n\r\n") + 4) };
}

function assertProblem({ status, headers, body }: Answer, expected: number, type: string): void {
  assert.equal(status, expected, body);
  assert.equal(headers.get("content-type"), "application/problem+json");
  // Where the length was not known, the body is one chunk.
  const problem = Problem.parse(JSON.parse(/\{.*\}/s.exec(body)?.[0] ?? ""));
  assert.deepEqual([problem.status, problem.type], [expected, `urn:sagascope:problem:${type}`]);
}

test("a method that a path does not take is refused, with those that it takes", async () => {
  const { paths } = await ask("/openapi.json", Document);
  for (const [path, operations] of Object.entries(paths)) {
    const taken = Object.keys(operations).map((method) => method.toUpperCase());
    const allowed = [...taken, ...(taken.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort().join(", ");
    const at = path.replace("{id}", "7");
    assert.equal((await send("OPTIONS", at)).headers.get("allow"), allowed, path);
    for (const method of methods.filter((one) => !allowed.split(", ").includes(one))) {
      const answer = await send(method, at);
      assert.equal(answer.headers.get("allow"), allowed, `${method} ${path}`);
      if (method === "HEAD") assert.deepEqual([answer.status, answer.body], [405, ""]);
      else assertProblem(answer, 405, "method-not-allowed");
    }
  }
});

test("HEAD of a stream ends", async () => {
  const { status, headers, body } = await send("HEAD", "/api/v1/stream?view=%2Fapi%2Fv1%2Fsagas");
  assert.deepEqual([status, body], [200, ""]);
  assert.match(headers.get("content-type") ?? "", /^text\/event-stream/);
});

for (const method of ["GET", "OPTIONS", "PATCH", "QUERY"])
  for (const path of ["/api/v1/nothing", "/api/v1", "/api/v1/sagas/a/b/c", "/api/v2/sagas"])
    test(`${method} ${path}: there is no such path`, async () =>
      assertProblem(await send(method, path), 404, "not-found"));

test("what is not even a request gets problem details too", async () => {
  assertProblem(await send("GET", "/api/v1/sagas", `cookie: ${"x".repeat(20_000)}\r\n`), 431, "headers-too-large");
  assertProblem(await send("GET", "*"), 400, "bad-request");
  assertProblem(await send("GET", "/api/v1/sagas", "what\r\n"), 400, "bad-request");
});

test("what the alerts say tells what it cost, and how fresh the events are that rules count", async () => {
  const created = await tell("POST", "/alerts/rules", {
    name: "Cost",
    condition: "failed",
    threshold: 1_000_000,
    windowSeconds: 60,
    webhookUrl: "http://127.0.0.1:9/",
  });
  const { id } = AlertRule.parse(await created.json());
  const { rules, deliveries, freshness, rowsRead, tookMs } = await ask("/alerts", Alerts);
  const attempts = deliveries.flatMap((delivery) => delivery.attempts);
  assert.equal(rowsRead, rules.length + deliveries.length + attempts.length);
  assert.ok(freshness?.newestEventAt && tookMs > 0);
  const rule = await ask(`/alerts/rules/${id}`, AlertRuleAnswer);
  assert.ok(rule.rowsRead === 1 && rule.freshness && rule.tookMs > 0);
  await tell("DELETE", `/alerts/rules/${id}`);
  const secret = await ask("/alerts/secret", WebhookSecretAnswer);
  assert.ok(secret.rowsRead >= 1 && secret.freshness && secret.tookMs > 0);
});

test("a parameter that a path does not know is refused, whatever the method", async () => {
  const { paths } = await ask("/openapi.json", Document);
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => [method.toUpperCase(), path] as const),
  );
  for (const [method, path] of [...described, ["GET", "/api/v1/openapi.json"] as const])
    assertProblem(await send(method, `${path.replace("{id}", "7")}?nope=1`), 400, "bad-request");
});

test("a year of which nothing is stored is refused, not asked for", async () => {
  for (const path of ["gateway", "traces", "services", "services/map", "logs", "sagas", "overview"])
    for (const year of ["0001", "1999", "2299", "9999"])
      assertProblem(
        await send("GET", `/api/v1/${path}?from=${year}-01-01T00:00:00Z&to=${year}-12-01T00:00:00Z`),
        400,
        "bad-request",
      );
});

test("the dashboard has loaded no compiler, which its image leaves out", {
  skip: process.platform === "linux" ? false : "only Linux tells what a process has loaded",
}, () => {
  const loaded = readFileSync(`/proc/${endpoints().processes.web}/maps`, "utf8");
  assert.match(loaded, /\/node$/m);
  assert.doesNotMatch(loaded, /next-swc/);
});
