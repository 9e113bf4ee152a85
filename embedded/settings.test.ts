import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import {
  alertsSettings,
  collectorSettings,
  ingestSettings,
  migrateSettings,
  webSettings,
} from "#contracts/settings.ts";
import { clickhouseServerSettings } from "#embedded/clickhouse/settings.ts";
import { partNames } from "./parts.ts";
import { launcherSettings, parseCommand } from "./settings.ts";
import { root } from "./site.ts";

const text = readFileSync(join(root, "docs", "settings.md"), "utf8");
const [startText = "", partsText = ""] = text.split("\n## The parts\n");
const rowsOf = (section: string) =>
  new Map(
    section
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .filter((cells) => /^`[A-Z_]+`$/.test(cells[1] ?? ""))
      .map(([, name = "", fallback = "", third = ""]) => [name.slice(1, -1), { fallback, third }] as const),
  );

/** The default as one would write it, undefined when there is none. */
function defaultOf(schema: z.ZodType, written: unknown): string | undefined {
  if (written !== undefined) return String(written) || undefined;
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined;
}

function settingsOf(schema: z.ZodObject): { name: string; fallback: string | undefined }[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.shape).map(([name, of]) => {
    const property = properties[name];
    return { name, fallback: defaultOf(of, typeof property === "object" ? property.default : undefined) };
  });
}

test("docs/settings.md tells every setting of npm start, and its default", () => {
  const rows = rowsOf(startText);
  for (const { name, fallback } of settingsOf(launcherSettings)) {
    const row = rows.get(name) ?? assert.fail(`${name} is not told`);
    if (fallback) assert.equal(row.fallback, `\`${fallback}\``, name);
    else assert.doesNotMatch(row.fallback, /`/, name);
  }
});

test("docs/settings.md tells every setting of the parts, who reads it, and its default", () => {
  const rows = rowsOf(partsText);
  const told = new Set(rows.keys());
  const schemas = {
    collector: collectorSettings,
    ingest: ingestSettings,
    web: webSettings,
    alerts: alertsSettings,
    migrate: migrateSettings,
    clickhouse: clickhouseServerSettings,
  };
  for (const [part, schema] of Object.entries(schemas)) {
    for (const { name, fallback } of settingsOf(schema)) {
      const row = rows.get(name) ?? assert.fail(`${name} of ${part} is not told`);
      told.delete(name);
      assert.ok(row.third.split(", ").includes(part), `${name} is read by ${part} too`);
      if (fallback) assert.ok(row.fallback.includes(`\`${fallback}\``), `${name} of ${part} is ${fallback} by default`);
      else assert.equal(row.fallback, "–", name);
    }
  }
  assert.deepEqual([...told], [], "told, but read by nobody");
});

test("docs/settings.md names every part", () => {
  for (const name of partNames) assert.ok(startText.includes(`\`${name}\``), name);
});

test("flags and environment become one command", () => {
  const command = parseCommand({ SAGASCOPE_DATA: "/data", PORT: "" }, ["--only", "kafka, postgres", "--no-demo"]);
  assert.deepEqual(command.only, ["kafka", "postgres"]);
  assert.deepEqual([command.data, command.noDemo, command.settings.PORT], ["/data", true, 3000]);
});

for (const { name, env = {}, args = [], message } of [
  { name: "a port that is none", env: { PORT: "99999" }, message: /PORT: / },
  { name: "an address without its protocol", env: { DATABASE_URL: "localhost:5432" }, message: /DATABASE_URL: / },
  { name: "a broker without its port", env: { KAFKA_BROKERS: "kafka" }, message: /KAFKA_BROKERS/ },
  {
    name: "a rate of a demo that is not to start",
    env: { DEMO_RATE: "-1" },
    args: ["--no-demo"],
    message: /DEMO_RATE: /,
  },
  {
    name: "a setting of a part that is not to start",
    env: { LOG_LEVEL: "loud" },
    args: ["--only", "kafka"],
    message: /LOG_LEVEL: /,
  },
  { name: "an unknown flag", args: ["--nodemo"], message: /Flags are --no-demo and --only/ },
  { name: "an unknown part", args: ["--only", "kafak"], message: /No part is called kafak/ },
])
  test(`${name} is refused`, () => assert.throws(() => parseCommand(env, args), { code: "BAD_SETTING", message }));
