import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { SagascopeError } from "#lib/errors.ts";

const run = promisify(execFile);

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user to run PostgreSQL as when we are root, whom it refuses: `postgres`, made if absent. */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await lookUp();
  if (found) return found;
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
  } catch (cause) {
    throw new SagascopeError(
      "BAD_SETTING",
      "PostgreSQL refuses to run as root, and no user `postgres` could be made: make one, or start as another user",
      { cause },
    );
  }
  const made = await lookUp();
  if (!made) throw new SagascopeError("INTERNAL", "The user `postgres` was made but is not found");
  return made;
}

async function lookUp(): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/**
 * The command as run by `user`. It keeps the right to pass folders that only root may enter, since a clone and its
 * data often lie below one (`/root`, `mktemp -d`). It is asked to stop when its parent ends.
 */
export function wrapForUser(command: readonly string[], user: ServerUser | undefined): string[] {
  if (!user) return [...command];
  const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--pdeathsig=INT"];
  return ["setpriv", ...ids, ...rightsToPass(readFileSync("/proc/self/status", "utf8")), ...command];
}

const bits = { dac_override: 1n, dac_read_search: 2n, setpcap: 8n } as const;

/** Arguments of setpriv that keep the least right to pass any folder, of those that `/proc/self/status` says we have. */
export function rightsToPass(status: string): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const has = (name: keyof typeof bits) => ((effective >> bits[name]) & 1n) === 1n;
  const right = (["dac_read_search", "dac_override"] as const).find(has);
  if (right === undefined) return [];
  // access(2), by which PostgreSQL looks for its own programs, would go by the bare user without this.
  const heeded = has("setpcap") ? ["--securebits=+no_setuid_fixup"] : [];
  return [...heeded, `--inh-caps=+${right}`, `--ambient-caps=+${right}`];
}
