import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alertsSettings,
  collectorSettings,
  ingestSettings,
  migrateSettings,
  webSettings,
} from "#contracts/settings.ts";
import { parseSettings } from "#lib/settings.ts";
import { addressesOf, endpointsOf } from "./addresses.ts";
import { envOf } from "./part-env.ts";
import { demoServices, type PartName, partNames } from "./parts.ts";
import { portsOfBlock } from "./ports.ts";
import { launcherSettings } from "./settings.ts";

const ports = portsOfBlock(20_000, { web: 3000 });
const kept = { token: "token-of-24-characters-x", postgresPassword: "pg-secret", clickhousePassword: "ch-secret" };
const addresses = addressesOf(launcherSettings.parse({}), ports, kept);
const env = (name: PartName, inherited: Record<string, string> = {}) =>
  envOf(name, { addresses, ports, home: "/data/x", inherited });

for (const [name, schema] of Object.entries({
  collector: collectorSettings,
  ingest: ingestSettings,
  alerts: alertsSettings,
  web: webSettings,
  migrate: migrateSettings,
}))
  test(`${name} gets every setting that its schema asks for`, () => {
    assert.doesNotThrow(() => parseSettings(schema, env(name as PartName)));
  });

test("every part listens on the loopback interface, on its own port", () => {
  const listening = partNames.filter((name) => !["kafka", "postgres", "migrate"].includes(name));
  for (const name of listening) assert.equal(env(name).HOST, "127.0.0.1", name);
  assert.equal(new Set(listening.map((name) => env(name).PORT)).size, listening.length);
});

test("each demo service has a database of its own and no way into the event store", () => {
  const urls = demoServices.map((name) => env(name).DATABASE_URL);
  assert.equal(urls[0], `postgres://sagascope:pg-secret@127.0.0.1:${ports.postgres}/demo_users`);
  assert.equal(new Set(urls).size, demoServices.length);
  for (const name of [...demoServices, "gateway", "load"] as const) assert.equal(env(name).CLICKHOUSE_URL, undefined);
});

test("the gateway knows a route to each demo service", () => {
  const routes = env("gateway")
    .GATEWAY_ROUTES?.split(",")
    .map((route) => route.split("=")[0]);
  assert.deepEqual(routes, [...demoServices]);
});

test("webhooks may reach the laptop itself, and link to its dashboard", () => {
  assert.equal(env("alerts").WEBHOOK_ALLOW_PRIVATE, "true");
  assert.equal(env("alerts").PUBLIC_URL, "http://127.0.0.1:3000");
  assert.equal(env("alerts", { WEBHOOK_ALLOW_PRIVATE: "false" }).WEBHOOK_ALLOW_PRIVATE, "false");
});

test("what the user sets goes on to the parts; what is the launcher's or npm's own does not", () => {
  const given = {
    LOG_LEVEL: "debug",
    DEMO_RATE: "9",
    npm_config_x: "1",
    HOST: "0.0.0.0",
    PORT: "1",
    SAGASCOPE_DATA: "x",
    SAGASCOPE_MAPPING: "mapping.yaml",
  };
  const load = env("load", given);
  assert.equal(load.LOG_LEVEL, "debug");
  assert.equal(load.DEMO_RATE, "9");
  assert.deepEqual([load.npm_config_x, load.SAGASCOPE_DATA, load.HOST], [undefined, undefined, "127.0.0.1"]);
  assert.deepEqual([env("ingest", given).SAGASCOPE_MAPPING, load.SAGASCOPE_MAPPING], ["mapping.yaml", undefined]);
});

test("a given address takes the place of the part's own", () => {
  const elsewhere = addressesOf(launcherSettings.parse({ KAFKA_BROKERS: "a:9092,b:9092" }), ports, kept);
  assert.equal(elsewhere.kafka, "a:9092,b:9092");
});

test("endpoints tell only of what runs", () => {
  const endpoints = endpointsOf(addresses, ["kafka", "postgres"], { kafka: 7 });
  assert.deepEqual([endpoints.web, endpoints.otlp, endpoints.gateway], ["", "", undefined]);
  assert.deepEqual(endpoints.processes, { kafka: 7 });
  assert.equal(endpointsOf(addresses, ["web", "gateway"], {}).gateway, `http://127.0.0.1:${ports.gateway}`);
});
