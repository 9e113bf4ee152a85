import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

export type TestKind = "unit" | "int" | "e2e";

const skipped = new Set(["node_modules", "public"]);

/** Which kind of test a file holds, by its name; undefined when it holds none. */
export function kindOf(file: string): TestKind | undefined {
  if (file.endsWith(".e2e.ts")) return "e2e";
  if (/\.int\.test\.tsx?$/.test(file)) return "int";
  return /\.test\.tsx?$/.test(file) ? "unit" : undefined;
}

/** Whether a test does harm to what others share, so that none may run beside it: its name says so. */
export const runsAlone = (file: string): boolean => file.includes(".alone.");

/** Every test file below `root`, by kind, as paths relative to it and sorted. */
export async function findTestFiles(root: string): Promise<Record<TestKind, string[]>> {
  const found: Record<TestKind, string[]> = { unit: [], int: [], e2e: [] };
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || skipped.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await visit(path);
      const kind = kindOf(entry.name);
      if (entry.isFile() && kind) found[kind].push(relative(root, path));
    }
  };
  await visit(root);
  for (const files of Object.values(found)) files.sort();
  return found;
}
