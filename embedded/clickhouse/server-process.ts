import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server started for a test, as a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  /** Sends the signal and waits for the end; the exit code, or the signal that killed it. */
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Starts the embedded ClickHouse on a free port over `folder` and waits until it is ready. */
export async function startServerProcess(folder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, CLICKHOUSE_USER: "", CLICKHOUSE_PASSWORD: "", CLICKHOUSE_DATA: folder, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const port = await readyPort(child);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    folder,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
      return child.exitCode ?? child.signalCode;
    },
  };
}

async function readyPort({ stdout, stderr }: ChildProcess): Promise<number> {
  const errors: string[] = [];
  stderr?.on("data", (data) => errors.push(String(data)));
  if (stdout === null) throw new Error("No output to read");
  for await (const line of createInterface({ input: stdout })) {
    const entry = JSON.parse(line) as { msg?: string; port?: number };
    if (entry.msg !== "ready" || entry.port === undefined) continue;
    stdout.resume();
    return entry.port;
  }
  throw new Error(`The server did not start: ${errors.join("")}`);
}

/** A temporary data folder, and how to drop it. */
export async function temporaryFolder(): Promise<{ folder: string; drop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "clickhouse-"));
  return { folder, drop: () => rm(folder, { recursive: true, force: true }) };
}

export interface Asked {
  readonly method?: string;
  readonly query?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

/** Sends one request to a server whose user is `u` with password `p`. */
export function ask(url: string, { method = "POST", query = {}, body, headers = {} }: Asked): Promise<Response> {
  const login = { "x-clickhouse-user": "u", "x-clickhouse-key": "p" };
  return fetch(`${url}/?${new URLSearchParams(query)}`, {
    method,
    headers: { ...login, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}
