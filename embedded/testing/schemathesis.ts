import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "#embedded/lock.ts";
import { runTool } from "#embedded/run-tool.ts";

const version = "4.32.5";

/**
 * The fuzzer's program, installed once from Python's package index into a folder of its own. Throws with what is
 * missing where there is no Python 3.10 with `venv`, or no way to the index.
 */
export async function findSchemathesis(
  { cache, logFile }: { cache: string; logFile: string },
  signal: AbortSignal,
): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `schemathesis-${version}`);
  const stamp = join(folder, "installed");
  const held = await lock(join(cache, "schemathesis.lock"), signal);
  try {
    if (!existsSync(stamp)) {
      await rm(folder, { recursive: true, force: true });
      const failure =
        "Schemathesis could not be installed: it wants Python 3.10 or later with venv, and the package index";
      const python = join(folder, "bin", "python");
      await runTool({ command: ["python3", "-m", "venv", folder], logFile, failure }, signal);
      const pip = [python, "-m", "pip", "install", "--quiet", `schemathesis==${version}`];
      await runTool({ command: pip, logFile, failure }, signal);
      await writeFile(stamp, "");
    }
    return join(folder, "bin", "schemathesis");
  } finally {
    held.release();
  }
}
