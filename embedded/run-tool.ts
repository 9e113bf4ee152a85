import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { lastLines, openPartLog } from "./part-log.ts";
import { endingWithParent, signalGroup } from "./processes.ts";

export interface Tool {
  readonly command: readonly string[];
  /** What it says goes here. */
  readonly logFile: string;
  /** Beginning of the message when it fails: what could not be done, and what to look at. */
  readonly failure: string;
  readonly cwd?: string;
  /** Whether it gives way to whatever else wants the processor. */
  readonly givesWay?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, with all that it starts. Throws with its last log lines; an abort ends it at once. */
export async function runTool(
  { command, logFile, failure, cwd, givesWay = false, env = {} }: Tool,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const log = openPartLog(logFile);
  const [program = "", ...args] = endingWithParent(command);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  if (givesWay && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const kill = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  const how = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(messageOf(error)));
    child.once("exit", (code, by) => resolve(by ?? `exit code ${code}`));
  });
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (how === "exit code 0") return;
  const lines = lastLines(logFile, 15).map((line) => `\n    ${line}`);
  throw new SagascopeError("INTERNAL", `${failure} (${how}). The last lines of ${logFile}:${lines.join("")}`);
}
