import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "#embedded/lock.ts";
import { runTool } from "#embedded/run-tool.ts";
import { SagascopeError } from "#lib/errors.ts";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

/** Path of a Chromium: `CHROMIUM_PATH`, or where systems keep it, or one installed by apt-get when we are root. */
export async function findChromium(
  { given, cache, logFile }: { given: string | undefined; cache: string; logFile: string },
  signal: AbortSignal,
): Promise<string> {
  const found = given ?? places.find(existsSync);
  if (found) return found;
  if (process.getuid?.() !== 0 || !hasAptGet()) {
    throw new SagascopeError(
      "BAD_SETTING",
      "The browser tests need Chromium: install it (apt-get install chromium), or name one by CHROMIUM_PATH.",
    );
  }
  await mkdir(cache, { recursive: true });
  const held = await lock(join(cache, "chromium.lock"), signal);
  try {
    if (!places.some(existsSync)) await install(logFile, signal);
  } finally {
    held.release();
  }
  const installed = places.find(existsSync);
  if (installed) return installed;
  throw new SagascopeError("INTERNAL", `apt-get installed no Chromium in ${places.join(", ")}: set CHROMIUM_PATH.`);
}

async function install(logFile: string, signal: AbortSignal): Promise<void> {
  const failure = "Chromium could not be installed by apt-get; install it yourself, or set CHROMIUM_PATH";
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  await runTool({ command: ["apt-get", "update"], logFile, failure, env }, signal);
  const packages = ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  await runTool({ command: ["apt-get", ...wait, ...packages], logFile, failure, env }, signal);
}

function hasAptGet(): boolean {
  try {
    execFileSync("apt-get", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
