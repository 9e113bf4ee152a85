import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "./site.ts";

/** What each folder may import, as ARCHITECTURE.md has it. */
const allowed = {
  contracts: [],
  lib: [],
  sagas: ["contracts"],
  sdk: ["contracts"],
  collector: ["contracts", "lib"],
  ingest: ["contracts", "lib", "store"],
  store: ["contracts", "lib", "sagas"],
  alerts: ["contracts", "lib", "sagas", "store"],
  components: ["contracts", "lib", "sagas"],
  app: ["components", "contracts", "lib", "sagas", "store", "alerts"],
  "services-demo": ["sdk", "contracts"],
  embedded: ["lib", "contracts"],
  e2e: ["contracts", "lib"],
  bench: ["contracts", "lib"],
} as const;
/** Who may import kafkajs itself: what stands behind `lib/kafka.ts`, what others build on or would write, and what tries all from outside. */
const besideKafkajs: readonly string[] = ["lib", "sdk", "services-demo", "e2e", "bench"];
const folders = Object.keys(allowed) as (keyof typeof allowed)[];

interface Planted {
  readonly file: string;
  readonly from: string;
  readonly breach: boolean;
}

const planted: Planted[] = folders.flatMap((folder) => [
  ...folders.map((other) => ({
    file: `${folder}/deep/imports-${other}.ts`,
    from: `#${other}/planted.ts`,
    breach: other !== folder && !(allowed[folder] as readonly string[]).includes(other),
  })),
  { file: `${folder}/deep/imports-upwards.ts`, from: "../planted.ts", breach: true },
  { file: `${folder}/imports-kafkajs.ts`, from: "kafkajs", breach: !besideKafkajs.includes(folder) },
  { file: `${folder}/imports-neighbour.ts`, from: "./planted.ts", breach: false },
]);

/** The planted files of which Biome complains, under the repository's own rules. */
function lint(files: readonly Planted[]): Set<string> {
  const place = mkdtempSync(join(tmpdir(), "sagascope-rules-"));
  try {
    cpSync(join(root, "biome.json"), join(place, "biome.json"));
    for (const { file, from } of files) {
      mkdirSync(dirname(join(place, file)), { recursive: true });
      writeFileSync(join(place, file), `import { x } from "${from}";\n\nexport const y = x;\n`);
    }
    const flags = [
      "--only=style/noRestrictedImports",
      "--vcs-enabled=false",
      "--max-diagnostics=none",
      "--reporter=json",
    ];
    const biome = join(root, "node_modules", ".bin", "biome");
    const { stdout } = spawnSync(biome, ["lint", ...flags, "."], { cwd: place, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
    return new Set(diagnostics.map(({ location }) => location.path));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const red = lint(planted);

for (const folder of folders) {
  test(`${folder}/ may import ${allowed[folder].join(", ") || "no other folder"}, and nothing else`, () => {
    for (const { file, from, breach } of planted.filter(({ file }) => file.startsWith(`${folder}/`))) {
      assert.equal(red.has(file), breach, `${file} imports ${from}`);
    }
  });
}
