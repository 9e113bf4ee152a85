import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SagascopeError } from "#lib/errors.ts";

export interface Migration {
  /** The file's name, `0001_saga_events.sql`. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, hex. */
  readonly checksum: string;
}

/** What a database says of a migration that it has begun. */
export interface Landed {
  readonly name: string;
  readonly checksum: string;
}

/** The numbered `.sql` files of a folder, in order; none where the folder is absent. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const numbered = names.filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  return await Promise.all(
    numbered.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
    }),
  );
}

/**
 * The files still to be applied. Throws `CONFLICT` where a landed file has changed or gone, or where a new file
 * would come before a landed one.
 */
export function pendingMigrations(files: readonly Migration[], landed: readonly Landed[]): Migration[] {
  const fileOf = new Map(files.map((file) => [file.name, file]));
  for (const { name, checksum } of landed) {
    const file = fileOf.get(name);
    if (!file) throw conflict(`${name} has landed in this database but its file is gone`, "restore the file");
    if (file.checksum !== checksum)
      throw conflict(`${name} has landed in this database and was changed since`, "undo the change and add a new file");
  }
  const done = new Set(landed.map((row) => row.name));
  const last = [...done].sort().at(-1) ?? "";
  const pending = files.filter((file) => !done.has(file.name));
  const late = pending.find((file) => file.name < last);
  if (late)
    throw conflict(`${late.name} is new but numbered before ${last}, which has landed`, "give it a later number");
  return pending;
}

function conflict(what: string, remedy: string): SagascopeError {
  return new SagascopeError("CONFLICT", `Migration ${what}: ${remedy}.`);
}
