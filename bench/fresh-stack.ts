import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoints } from "#contracts/endpoints.ts";
import { startStack } from "./stack-process.ts";

/** Runs some parts of this checkout on empty data for as long as `work` takes. */
export async function onFreshStack(
  only: string,
  work: (endpoints: Endpoints) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "sagascope-bench-"));
  try {
    const stack = await startStack({ checkout: join(import.meta.dirname, ".."), data, flags: ["--only", only] }, env);
    try {
      await work(stack.endpoints());
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
