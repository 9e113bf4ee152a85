import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const setpriv = "/usr/bin/setpriv";

/** A process beyond doubt: an id is used again, but not with the same start. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in the system's own words; only ever compared. */
  readonly started: string;
}

/** When a process started, or undefined when there is none (or it is a zombie). */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // The name, in brackets, may hold blanks and brackets itself: count from the last one.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ");
      return fields === undefined || fields[0] === "Z" ? undefined : fields[19];
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The mark of a process that runs, for `isRunning` to ask about later. */
export function markOf(pid: number): ProcessMark {
  return { pid, started: startOf(pid) ?? "gone" };
}

export function isRunning({ pid, started }: ProcessMark): boolean {
  return startOf(pid) === started;
}

/** Sends a signal to a process group, and says whether there was one. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  // 0 would be our own group: a program that could not even be spawned has no id.
  if (leader <= 0) return false;
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Ends processes by their ids, with their groups: asks each by its signal first, insists after `patienceMs`. */
export async function endProcesses(
  targets: readonly { readonly mark: ProcessMark; readonly signal: NodeJS.Signals }[],
  patienceMs: number,
): Promise<void> {
  const running = () => targets.filter(({ mark }) => isRunning(mark));
  const deadline = Date.now() + patienceMs;
  for (const { mark, signal } of running()) signalGroup(mark.pid, signal);
  while (running().length > 0 && Date.now() < deadline) await sleep(50);
  for (const { mark } of running()) signalGroup(mark.pid, "SIGKILL");
  while (running().length > 0) await sleep(20);
}

/** Where the system can: the command is asked to stop when this process ends without having done so itself. */
export function endingWithParent(command: readonly string[]): readonly string[] {
  return existsSync(setpriv) ? [setpriv, "--pdeathsig=TERM", ...command] : command;
}

/** Calls `onGone` when the process at the other end of an inherited pipe has gone, however it ended. */
export function watchParent(descriptor: string | undefined, onGone: () => void): void {
  if (descriptor === undefined) return;
  const pipe = new Socket({ fd: Number(descriptor), readable: true, writable: false });
  pipe.once("close", onGone).on("error", () => {});
  pipe.resume();
  pipe.unref();
}
