import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "#embedded/lock.ts";
import { runTool } from "#embedded/run-tool.ts";

/** What the dashboard is built from, in the repository's root. */
const sources = [
  "alerts",
  "app",
  "components",
  "contracts",
  "lib",
  "public",
  "sagas",
  "store",
  "next.config.ts",
  "package.json",
  "proxy.ts",
  "tsconfig.json",
];
/** Builds to keep: those of other runs that may still be served from. */
const keptBuilds = 4;

export interface WebBuild {
  readonly root: string;
  readonly cache: string;
  readonly logFile: string;
}

/**
 * Builds the dashboard unless these very sources are built already; answers the folder to serve it from.
 * Each build is made from a copy of its sources in a folder of its own, so that runs side by side, or an edit during a
 * build, never touch what another serves.
 */
export async function buildWeb(
  { root, cache, logFile }: WebBuild,
  signal: AbortSignal,
): Promise<{ folder: string; fresh: boolean }> {
  const builds = join(cache, "web");
  await mkdir(builds, { recursive: true });
  const folder = join(builds, await hashOf(root));
  const stamp = join(folder, "built");
  const held = await lock(join(cache, "web.lock"), signal);
  try {
    if (existsSync(stamp)) {
      await utimes(folder, new Date(), new Date());
      return { folder, fresh: true };
    }
    await copySources(root, folder);
    const next = join(root, "node_modules", "next", "dist", "bin", "next");
    await runTool(
      {
        command: [process.execPath, next, "build"],
        cwd: folder,
        // It takes a minute of both cores while the demo's past day is on its way, and a page is worth more with it.
        givesWay: true,
        env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
        logFile,
        failure: "The dashboard could not be built",
      },
      signal,
    );
    await writeFile(stamp, "");
    await removeOldBuilds(builds);
    return { folder, fresh: false };
  } finally {
    held.release();
  }
}

async function copySources(root: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of sources) {
    if (existsSync(join(root, name)))
      await cp(join(root, name), join(folder, name), { recursive: true, filter: isSource });
  }
}

/** A hash of every source's path and bytes, and of the packages' versions. */
async function hashOf(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...sources, "package-lock.json"]) {
    for (const file of await filesOf(root, name)) hash.update(`${file}\n`).update(await readFile(join(root, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(root: string, name: string): Promise<string[]> {
  const path = join(root, name);
  if (!existsSync(path)) return [];
  if (!(await stat(path)).isDirectory()) return [name];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files
    .filter(isSource)
    .map((file) => file.slice(root.length + 1))
    .sort();
}

const isSource = (path: string): boolean => !/\.test\.tsx?$/.test(path);

async function removeOldBuilds(builds: string): Promise<void> {
  const names = await readdir(builds);
  const dated = await Promise.all(
    names.map(async (name) => ({ path: join(builds, name), usedMs: (await stat(join(builds, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.usedMs - a.usedMs).slice(keptBuilds);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
