import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { tryLock } from "./lock.ts";
import { type PartName, partNames, parts } from "./parts.ts";
import { endProcesses, isRunning, type ProcessMark } from "./processes.ts";

const Mark = z.object({ pid: z.number().int(), started: z.string() });
/** Who runs on the folder: for the next start, should this one not get to clean up. */
const Run = z.object({ launcher: Mark, parts: z.partialRecord(z.enum(partNames), Mark) });
type Run = z.infer<typeof Run>;

/** What is made at the first start and kept. */
const Kept = z.object({
  token: z.string(),
  postgresPassword: z.string(),
  clickhousePassword: z.string(),
  /** First port of the block taken last. */
  portBase: z.number().int().optional(),
});
export type Kept = z.infer<typeof Kept>;

/** The data folder, held by this process alone until `release`. */
export interface DataFolder {
  readonly path: string;
  readonly kept: Kept;
  file(...names: string[]): string;
  keep(change: Partial<Kept>): void;
  recordRun(launcher: ProcessMark, running: Partial<Record<PartName, ProcessMark>>): void;
  recordEndpoints(endpoints: Endpoints): void;
  /** Parts that an earlier launcher left running. */
  leftovers(): { name: PartName; mark: ProcessMark }[];
  /** Forgets run and endpoints: nothing runs any more. */
  clear(): void;
  release(): void;
}

/** Opens the data folder, made if absent. Throws `CONFLICT` when another launcher runs on it. */
export function openDataFolder(path: string): DataFolder {
  // Only search permission for others: PostgreSQL may have to run as another user below this folder.
  mkdirSync(join(path, "logs"), { recursive: true, mode: 0o711 });
  const file = (...names: string[]) => join(path, ...names);
  const lock = tryLock(file("lock"));
  if (!lock) throw new SagascopeError("CONFLICT", inUse(path, readJson(file("run.json"), Run)));
  let kept = readJson(file("kept.json"), Kept) ?? firstKept();
  writePrivate(file("kept.json"), kept);
  return {
    path,
    get kept() {
      return kept;
    },
    file,
    keep: (change) => {
      kept = { ...kept, ...change };
      writePrivate(file("kept.json"), kept);
    },
    recordRun: (launcher, running) => writePrivate(file("run.json"), { launcher, parts: running }),
    recordEndpoints: (endpoints) => writePrivate(file("endpoints.json"), endpoints),
    leftovers: () =>
      Object.entries(readJson(file("run.json"), Run)?.parts ?? {})
        .map(([name, mark]) => ({ name: name as PartName, mark }))
        .filter(({ mark }) => isRunning(mark)),
    clear: () => {
      for (const name of ["run.json", "endpoints.json"]) rmSync(file(name), { force: true });
    },
    release: () => lock.release(),
  };
}

/** Ends what an earlier launcher left behind on the folder, and says which parts those were. */
export async function endLeftovers(folder: DataFolder): Promise<PartName[]> {
  const left = folder.leftovers();
  await endProcesses(
    left.map(({ name, mark }) => ({ mark, signal: parts[name].stopSignal })),
    6_000,
  );
  folder.clear();
  return left.map(({ name }) => name);
}

function inUse(path: string, run: Run | undefined): string {
  const who = run ? ` (process ${run.launcher.pid})` : "";
  return `Sagascope already runs on ${path}${who}: stop it first, or set SAGASCOPE_DATA to another folder.`;
}

function firstKept(): Kept {
  const secret = () => randomBytes(24).toString("base64url");
  return { token: secret(), postgresPassword: secret(), clickhousePassword: secret() };
}

function readJson<S extends z.ZodType>(file: string, schema: S): z.output<S> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new SagascopeError("CONFLICT", `${file} is damaged: repair it, or remove the data folder to begin anew`, {
      cause,
    });
  }
}

/** Writes at once or not at all, readable for the owner only. */
function writePrivate(file: string, content: unknown): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
