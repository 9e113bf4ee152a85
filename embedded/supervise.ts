import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { lastLines, openPartLog } from "./part-log.ts";
import { isRunning, markOf, type ProcessMark, signalGroup } from "./processes.ts";
import { nextRestart } from "./restart-policy.ts";

/** A part, worked out to the last word. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  readonly startLimitMs: number;
  /** What to do when it cannot start, by the last lines of its log. */
  adviceFor(log: readonly string[]): string;
  /** Throws while it is not ready. */
  ask(): Promise<void>;
}

export interface Watcher {
  /** A process runs for the part now, or none does. */
  onProcess(name: string, mark: ProcessMark | undefined): void;
  onEnding(what: { name: string; how: string; delayMs: number; log: readonly string[] }): void;
  onReturn(what: { name: string; tookMs: number }): void;
}

export interface Supervised {
  /** Asks it to stop, and insists after `patienceMs`. Resolves when it has gone. */
  stop(patienceMs: number): Promise<void>;
}

interface Run {
  readonly mark: ProcessMark;
  readonly ended: Promise<string>;
  isOver(): boolean;
}

/** Starts a program and resolves when it is ready; from then on it is started again whenever it ends by itself. */
export async function supervise(program: Program, watcher: Watcher, signal: AbortSignal): Promise<Supervised> {
  const stopping = new AbortController();
  let run = launch(program, watcher);
  const stop = async (patienceMs: number) => {
    stopping.abort();
    await end(program, run, patienceMs);
  };
  try {
    await becomeReady(program, run, signal);
  } catch (error) {
    await stop(2_000);
    throw error;
  }
  const keepAlive = async () => {
    let inARow = 0;
    for (;;) {
      const readySince = Date.now();
      const how = await run.ended;
      if (stopping.signal.aborted) return;
      const next = nextRestart({ earlier: inARow, readyMs: Date.now() - readySince });
      inARow = next.inARow;
      // The beginning of a day of trouble must not leave helpers of the dead process behind.
      signalGroup(run.mark.pid, "SIGKILL");
      const log = next.showLog ? lastLines(program.logFile, 10) : [];
      watcher.onEnding({ name: program.name, how, delayMs: next.delayMs, log });
      await sleep(next.delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      const startedAt = Date.now();
      run = launch(program, watcher);
      await becomeReady(program, run, signal).then(
        () => watcher.onReturn({ name: program.name, tookMs: Date.now() - startedAt }),
        () => end(program, run, 2_000),
      );
    }
  };
  void keepAlive();
  return { stop };
}

/** Runs a program to its end. Throws with its last log lines when that is not a good one. */
export async function runJob(program: Program, watcher: Watcher, signal: AbortSignal): Promise<void> {
  const run = launch(program, watcher);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(program.startLimitMs)]);
  const how = await Promise.race([run.ended, aborted(limit)]);
  if (how === "exit code 0") return;
  await end(program, run, 2_000);
  throw couldNotStart(program, how ?? "took too long");
}

function launch(program: Program, watcher: Watcher): Run {
  const log = openPartLog(program.logFile);
  const [file = "", ...args] = program.command;
  // A group of its own: a Ctrl-C reaches the launcher alone, which then stops the parts in their order.
  const env = program.env as NodeJS.ProcessEnv;
  const child = spawn(file, args, { env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let over = false;
  const ended = endingOf(child).then((how) => {
    over = true;
    watcher.onProcess(program.name, undefined);
    return how;
  });
  const mark = child.pid === undefined ? { pid: 0, started: "never" } : markOf(child.pid);
  if (child.pid !== undefined) watcher.onProcess(program.name, mark);
  return { mark, ended, isOver: () => over };
}

function endingOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(messageOf(error)));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function becomeReady(program: Program, run: Run, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + program.startLimitMs;
  let reason = "no answer yet";
  while (Date.now() < deadline && !run.isOver()) {
    signal.throwIfAborted();
    try {
      return await program.ask();
    } catch (error) {
      reason = messageOf(error);
    }
    await Promise.race([sleep(100), run.ended]);
  }
  throw couldNotStart(program, run.isOver() ? await run.ended : `not ready in time: ${reason}`);
}

function couldNotStart(program: Program, why: string): SagascopeError {
  const log = lastLines(program.logFile, 15);
  const lines = [
    `${program.name} could not start (${why}). The last lines of ${program.logFile}:`,
    ...log.map((line) => `    ${line}`),
    `  ${program.adviceFor(log)}`,
  ];
  return new SagascopeError("INTERNAL", lines.join("\n"));
}

async function end(program: Program, run: Run, patienceMs: number): Promise<void> {
  if (run.mark.pid === 0) return;
  if (!run.isOver()) signalGroup(run.mark.pid, program.stopSignal);
  const deadline = Date.now() + patienceMs;
  while (isRunning(run.mark) && Date.now() < deadline) await Promise.race([run.ended, sleep(50)]);
  // Whatever is left of the group goes too; its leader's id cannot have been given to another while a member lives.
  signalGroup(run.mark.pid, "SIGKILL");
  await run.ended;
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
