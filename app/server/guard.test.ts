import assert from "node:assert/strict";
import { test } from "node:test";
import { guard, safeNext } from "./guard.ts";
import { cookieName, createSession } from "./session.ts";

const token = "a-token-of-sixteen-or-more";
const nowMs = Date.UTC(2026, 5, 1);
const session = createSession(token, nowMs);
const own = { host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" };

interface Case {
  name: string;
  method?: string;
  path: string;
  headers?: Record<string, string>;
  cookie?: string;
  want: string;
}

const cases: Case[] = [
  { name: "a page without a session", path: "/sagas", want: "login" },
  { name: "a page with one", path: "/sagas", cookie: session, want: "pass" },
  { name: "a page with a forged one", path: "/", cookie: `${session}x`, want: "login" },
  { name: "the API without anything", path: "/api/v1/sagas", want: "unauthorized" },
  {
    name: "the API with the token",
    path: "/api/v1/sagas",
    headers: { authorization: `Bearer ${token}` },
    want: "pass",
  },
  {
    name: "the scheme in another case",
    path: "/api/v1/sagas",
    headers: { authorization: `bearer ${token}` },
    want: "pass",
  },
  {
    name: "the API with another token",
    path: "/api/v1/sagas",
    headers: { authorization: "Bearer x" },
    want: "unauthorized",
  },
  {
    name: "a change through the API without anything",
    method: "POST",
    path: "/api/v1/alerts/rules",
    want: "unauthorized",
  },
  { name: "the API with a session", path: "/api/v1/sagas", cookie: session, want: "pass" },
  { name: "health", path: "/healthz", want: "pass" },
  { name: "health under any name", path: "/healthz", headers: { host: "10.0.0.7:3000" }, want: "pass" },
  { name: "its public name", path: "/", cookie: session, headers: { host: "sagas.example.org" }, want: "pass" },
  { name: "localhost", path: "/", cookie: session, headers: { host: "localhost:3000" }, want: "pass" },
  { name: "a name that is not ours", path: "/", cookie: session, headers: { host: "evil.example" }, want: "forbidden" },
  { name: "the log-in under such a name", path: "/login", headers: { host: "evil.example" }, want: "forbidden" },
  {
    name: "the API with the token, under any name",
    path: "/api/v1/sagas",
    headers: { host: "web:3000", authorization: `Bearer ${token}` },
    want: "pass",
  },
  { name: "the log-in page", path: "/login", want: "pass" },
  { name: "what only begins like the log-in page", path: "/login-as-admin", want: "login" },
  { name: "a log-out without a session", method: "POST", path: "/login/out", headers: own, want: "login" },
  {
    name: "a change from our own page",
    method: "POST",
    path: "/api/v1/alerts/rules",
    cookie: session,
    headers: own,
    want: "pass",
  },
  {
    name: "a change from another site, cookie and all",
    method: "POST",
    path: "/api/v1/alerts/rules",
    cookie: session,
    headers: { host: own.host, origin: "http://evil.example" },
    want: "forbidden",
  },
  {
    name: "a change from another port of this host",
    method: "DELETE",
    path: "/api/v1/alerts/rules/1",
    cookie: session,
    headers: { host: own.host, origin: "http://127.0.0.1:9999" },
    want: "forbidden",
  },
  {
    name: "a change that says it crosses sites",
    method: "POST",
    path: "/login/session",
    headers: { ...own, "sec-fetch-site": "cross-site" },
    want: "forbidden",
  },
  {
    name: "a change that hides where it comes from",
    method: "PUT",
    path: "/api/v1/x",
    cookie: session,
    headers: { host: own.host, origin: "null" },
    want: "forbidden",
  },
  {
    name: "a change without an origin",
    method: "POST",
    path: "/api/v1/x",
    cookie: session,
    headers: { host: own.host },
    want: "forbidden",
  },
  {
    name: "a change by a script with the token",
    method: "POST",
    path: "/api/v1/x",
    headers: { authorization: `Bearer ${token}` },
    want: "pass",
  },
];

for (const { name, method = "GET", path, headers = {}, cookie, want } of cases) {
  test(`guard: ${name}`, () => {
    const knock = {
      method,
      path,
      header: (key: string) => headers[key] ?? (key === "host" ? own.host : null),
      cookie: (key: string) => (key === cookieName(token) ? cookie : undefined),
    };
    assert.equal(guard(knock, { token, publicUrl: "https://sagas.example.org", nowMs }).kind, want);
  });
}

for (const [given, want] of [
  [undefined, "/"],
  ["", "/"],
  ["/sagas?state=failed", "/sagas?state=failed"],
  ["/sagas/a%2Fb#x", "/sagas/a%2Fb#x"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
] as const) {
  test(`next: ${given}`, () => assert.equal(safeNext(given), want));
}
