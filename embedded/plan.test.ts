import assert from "node:assert/strict";
import { test } from "node:test";
import { type PartName, partNames, parts } from "./parts.ts";
import { needsOf, selectParts, stopWaves } from "./plan.ts";

const nothing: ReadonlySet<PartName> = new Set();

for (const { name, wanted, selected } of [
  { name: "everything", wanted: { noDemo: false, external: nothing }, selected: [...partNames] },
  {
    name: "the product alone",
    wanted: { noDemo: true, external: nothing },
    selected: ["kafka", "postgres", "clickhouse", "migrate", "collector", "ingest", "alerts", "web"],
  },
  {
    name: "backing parts that stand elsewhere are not started",
    wanted: { noDemo: true, external: new Set<PartName>(["kafka", "clickhouse", "postgres"]) },
    selected: ["migrate", "collector", "ingest", "alerts", "web"],
  },
  {
    name: "a few, in the order of all",
    wanted: { only: ["postgres", "kafka"] as const, noDemo: false, external: nothing },
    selected: ["kafka", "postgres"],
  },
  {
    name: "a part on a backing part that stands elsewhere",
    wanted: { only: ["collector"] as const, noDemo: false, external: new Set<PartName>(["kafka"]) },
    selected: ["collector"],
  },
  {
    name: "the job that a part needs with it",
    wanted: { only: ["web", "postgres", "clickhouse"] as const, noDemo: false, external: nothing },
    selected: ["postgres", "clickhouse", "migrate", "web"],
  },
])
  test(`selects ${name}`, () => assert.deepEqual(selectParts(wanted), selected));

test("a part without what it stands on is refused with what to do", () => {
  assert.throws(() => selectParts({ only: ["ingest"], noDemo: false, external: nothing }), {
    code: "BAD_SETTING",
    message: "ingest needs kafka: add it to --only, or say where one runs by KAFKA_BROKERS.",
  });
  assert.throws(() => selectParts({ only: ["web"], noDemo: false, external: nothing }), {
    code: "BAD_SETTING",
    message: "web needs postgres: add it to --only, or say where one runs by DATABASE_URL.",
  });
});

test("every part comes after what it needs, so that one pass starts all", () => {
  for (const [index, name] of partNames.entries()) {
    for (const need of parts[name].needs) assert.ok(partNames.indexOf(need) < index, `${name} before ${need}`);
  }
});

test("what is not started here is not waited for", () => {
  assert.deepEqual(needsOf("ingest", ["ingest", "migrate"]), ["migrate"]);
});

test("nothing stops before what needs it, and the backing parts stop last", () => {
  const waves = stopWaves([...partNames]);
  const waveOf = (name: PartName) => waves.findIndex((wave) => wave.includes(name));
  assert.deepEqual(new Set(waves.at(-1)), new Set(["kafka", "postgres", "clickhouse"]));
  assert.deepEqual(waves[0]?.includes("load"), true);
  for (const name of partNames.filter((name) => parts[name].kind === "service")) {
    assert.notEqual(waveOf(name), -1, `${name} is never stopped`);
    for (const need of parts[name].needs.filter((need) => parts[need].kind === "service")) {
      assert.ok(waveOf(name) < waveOf(need), `${need} stops before ${name}`);
    }
  }
});

test("nothing running, nothing to stop", () => assert.deepEqual(stopWaves([]), []));
