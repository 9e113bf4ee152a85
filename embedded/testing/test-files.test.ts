import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "#embedded/site.ts";
import { ownEnvironment } from "./stack-under-test.ts";
import { findTestFiles, kindOf, runsAlone } from "./test-files.ts";

for (const [file, kind] of [
  ["lib/sql.test.ts", "unit"],
  ["components/mark.test.tsx", "unit"],
  ["ingest/garbage.int.test.ts", "int"],
  ["ingest/torture/torture.alone.int.test.ts", "int"],
  ["e2e/road.e2e.ts", "e2e"],
  ["lib/sql.ts", undefined],
  ["e2e/stack.ts", undefined],
] as const)
  test(`${file} is ${kind ?? "no"} test`, () => assert.equal(kindOf(file), kind));

test("a test whose name says so runs alone", () => {
  assert.ok(runsAlone("ingest/torture/torture.alone.int.test.ts"));
  assert.ok(!runsAlone("ingest/store-alone.int.test.ts"));
});

test("finds this very file, and nothing of a dependency", async () => {
  const { unit } = await findTestFiles(root);
  assert.ok(unit.includes("embedded/testing/test-files.test.ts"));
  assert.ok(unit.includes("deploy/compose.test.ts"));
  assert.ok(!unit.some((file) => file.includes("node_modules")));
});

test("a stack under test is tied to nothing that runs elsewhere", () => {
  const given = {
    PATH: "/bin",
    KAFKA_BROKERS: "a:1",
    CLICKHOUSE_URL: "x",
    DATABASE_URL: "y",
    PORT: "1",
    GATEWAY_PORT: "2",
  };
  assert.deepEqual(ownEnvironment({ ...given, SAGASCOPE_DATA: "z", DEMO_RATE: "5", NODE_TEST_CONTEXT: "child" }), {
    PATH: "/bin",
  });
});
