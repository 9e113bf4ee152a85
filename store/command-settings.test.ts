import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Endpoints } from "#contracts/endpoints.ts";
import { deadLettersSettings, migrateSettings, retentionCommandSettings } from "#contracts/settings.ts";
import { commandSettings } from "./command-settings.ts";

const data = mkdtempSync(join(tmpdir(), "sagascope-command-"));
const empty = mkdtempSync(join(tmpdir(), "sagascope-command-"));
const running: Endpoints = {
  web: "http://127.0.0.1:3000",
  kafka: "127.0.0.1:9092",
  clickhouse: "http://127.0.0.1:8123/sagascope",
  postgres: "postgres://127.0.0.1:5432/sagascope",
  otlp: "http://127.0.0.1:4318",
  token: "0123456789abcdef",
  processes: {},
};
before(() => writeFileSync(join(data, "endpoints.json"), JSON.stringify(running)));
after(() => {
  for (const folder of [data, empty]) rmSync(folder, { recursive: true });
});

const elsewhere = { CLICKHOUSE_URL: "http://elsewhere:8123/sagascope", DATABASE_URL: "postgres://elsewhere/sagascope" };

test("where no address is set, those of the running Sagascope are taken, and it is said which one that is", () => {
  const said: string[] = [];
  const env = { SAGASCOPE_DATA: data, CLICKHOUSE_URL: "", CLICKHOUSE_CLUSTER: "c" };
  assert.deepEqual(
    commandSettings(migrateSettings, env, (line) => said.push(line)),
    { CLICKHOUSE_URL: running.clickhouse, DATABASE_URL: running.postgres, CLICKHOUSE_CLUSTER: "c" },
  );
  assert.deepEqual(said, [`Of the Sagascope that npm start runs in ${data}:`]);
});

test("what a command has no use for is not given to it", () => {
  const settings = commandSettings(retentionCommandSettings, { SAGASCOPE_DATA: data }, () => undefined);
  assert.deepEqual(settings, { CLICKHOUSE_URL: running.clickhouse });
});

test("addresses that are set are taken as they are, and nothing is said", () => {
  const settings = commandSettings(migrateSettings, { SAGASCOPE_DATA: data, ...elsewhere }, assert.fail);
  assert.deepEqual(settings, elsewhere);
});

for (const { schema, missing } of [
  { schema: migrateSettings, missing: "DATABASE_URL" },
  { schema: deadLettersSettings, missing: "KAFKA_BROKERS" },
])
  test(`beside a CLICKHOUSE_URL that is set, ${missing} is not that of another stack`, () => {
    const env = { SAGASCOPE_DATA: data, CLICKHOUSE_URL: elsewhere.CLICKHOUSE_URL };
    assert.throws(() => commandSettings(schema, env, assert.fail), { message: new RegExp(`${missing}: `) });
  });

test("where none runs, it is said what to do", () => {
  assert.throws(() => commandSettings(migrateSettings, { SAGASCOPE_DATA: empty }, assert.fail), {
    code: "BAD_SETTING",
    message: `No Sagascope runs in ${empty}. Start one (npm start), name the data folder of one that runs in SAGASCOPE_DATA, or set CLICKHOUSE_URL, DATABASE_URL`,
  });
});
