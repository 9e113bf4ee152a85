import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Endpoints } from "#contracts/endpoints.ts";

export interface RunningStack {
  readonly endpoints: () => Endpoints;
  /** From the command to its line "Sagascope is ready". */
  readonly startedInMs: number;
  /** SIGINT, as Ctrl-C; resolves with how long it took (ms). */
  stop(): Promise<number>;
}

/** Runs `npm start` in a checkout, with its data in `data`; rejects with its last lines if it ends before it is ready. */
export async function startStack(
  { checkout, data, flags = [] }: { checkout: string; data: string; flags?: readonly string[] },
  env: Readonly<Record<string, string>> = {},
): Promise<RunningStack> {
  const beganMs = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", ...flags], {
    cwd: checkout,
    env: { ...process.env, SAGASCOPE_DATA: data, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const exited = once(child, "exit");
  // Whoever breaks a benchmark off wants its stack gone too.
  const breakOff = () => {
    child.kill("SIGINT");
    exited.finally(() => process.exit(130));
  };
  process.once("SIGINT", breakOff).once("SIGTERM", breakOff);
  const ready = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
      if (said.includes("Sagascope is ready")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
  });
  await Promise.race([
    ready,
    exited.then(() => Promise.reject(new Error(`npm start ended before it was ready:\n${said.slice(-3000)}`))),
  ]);
  return {
    startedInMs: performance.now() - beganMs,
    endpoints: () => Endpoints.parse(JSON.parse(readFileSync(join(data, "endpoints.json"), "utf8"))),
    async stop() {
      const stoppingMs = performance.now();
      process.off("SIGINT", breakOff).off("SIGTERM", breakOff);
      child.kill("SIGINT");
      await exited;
      return performance.now() - stoppingMs;
    },
  };
}
