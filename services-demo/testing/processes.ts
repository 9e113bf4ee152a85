import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "#sdk/testing/real-parts.ts";

/** Spares each process the time and memory of compiling the same modules again. */
const compileCache = join(tmpdir(), "sagascope-compile-cache");

/** Long enough for seven services that start at once on a machine that does much else. */
const readyWithinMs = 150_000;

/** Services as processes of their own, each on a port that it keeps when started again. */
export interface Processes<Name extends string> {
  urlOf(name: Name): string;
  pidOf(name: Name): number;
  /** What the process has logged, the last 4 MB of it. */
  logOf(name: Name): string;
  /** Starts it and waits until it is ready. */
  start(name: Name): Promise<void>;
  /** Ends it; gives its exit code, null where a signal ended it. */
  end(name: Name, signal: NodeJS.Signals): Promise<number | null>;
}

/** `envOf` gives a service's environment, less its port. */
export async function createProcesses<Name extends string>(
  names: readonly Name[],
  envOf: (name: Name, urlOf: (name: Name) => string) => Record<string, string>,
): Promise<Processes<Name>> {
  const ports = new Map(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const children = new Map<Name, ChildProcess>();
  const logs = new Map<Name, string>();
  const urlOf = (name: Name) => `http://127.0.0.1:${ports.get(name)}`;
  // A test that ends early must not leave them behind.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  process.once("exit", () => {
    for (const child of children.values()) child.kill("SIGKILL");
  });
  return {
    urlOf,
    pidOf: (name) => children.get(name)?.pid ?? 0,
    logOf: (name) => logs.get(name) ?? "",
    start: async (name) => {
      const main = new URL(`../${name}/main.ts`, import.meta.url).pathname;
      const env = { NODE_COMPILE_CACHE: compileCache, PORT: String(ports.get(name)), ...envOf(name, urlOf) };
      const child = spawn(process.execPath, [main], {
        env: env as unknown as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.set(name, child);
      const keep = (chunk: Buffer) => logs.set(name, `${logs.get(name) ?? ""}${chunk}`.slice(-4_000_000));
      child.stdout?.on("data", keep);
      child.stderr?.on("data", keep);
      const isReady = async () => {
        if (child.exitCode !== null) throw new Error(`${name} exited:\n${logs.get(name)?.slice(-2000)}`);
        return (await fetch(`${urlOf(name)}/readyz`).catch(() => undefined))?.status === 200;
      };
      await waitUntil(`${name} is ready`, isReady, readyWithinMs);
    },
    end: async (name, signal) => {
      const child = children.get(name);
      if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
      const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
      child.kill(signal);
      return await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port");
  return address.port;
}
