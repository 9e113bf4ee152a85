import { SagascopeError } from "#lib/errors.ts";
import { endpointsOf } from "./addresses.ts";
import { type PartName, partNames, parts } from "./parts.ts";
import { addressSetting, needsOf, stopWaves } from "./plan.ts";
import { markOf, type ProcessMark } from "./processes.ts";
import type { Site } from "./site.ts";
import { runJob, type Supervised, supervise, type Watcher } from "./supervise.ts";
import { workshopOf } from "./workshop.ts";

export interface Stack {
  /** Stops every part in reverse order, within 10 s. */
  stop(): Promise<void>;
}

/** How long each wave of parts gets to stop before it is made to: together below 10 s. */
const partPatienceMs = 4_000;
const wholePatienceMs = 9_000;

/**
 * Starts all selected parts, each as soon as what it needs is ready. Throws the first failure once everything that had
 * started is stopped again. `signal` gives up a start that is under way.
 */
export async function startStack(site: Site, signal: AbortSignal): Promise<Stack> {
  const running = new Map<PartName, Supervised>();
  const failed = new AbortController();
  const giveUp = AbortSignal.any([signal, failed.signal]);
  const book = processBook(site);
  const started = new Map<PartName, Promise<void>>();
  const elsewhere = partNames.filter((name) => site.external.has(name));
  for (const name of [...elsewhere, ...site.selected]) {
    const needs = needsOf(name, [...started.keys()]).map((need) => started.get(need));
    const start = site.external.has(name)
      ? furnishElsewhere(name, site)
      : startPart({ name, site, needs, running, watcher: book.watcher, signal: giveUp });
    // Handled where it is awaited; without this a failure would end the process before the others have stopped.
    start.catch((error: unknown) => failed.abort(error));
    started.set(name, start);
  }
  await Promise.allSettled(started.values());
  const stack = { stop: () => stopAll(running) };
  if (giveUp.aborted) {
    await stack.stop();
    throw giveUp.reason;
  }
  book.publish();
  return stack;
}

interface PartStart {
  readonly name: PartName;
  readonly site: Site;
  readonly needs: readonly (Promise<void> | undefined)[];
  readonly running: Map<PartName, Supervised>;
  readonly watcher: Watcher;
  readonly signal: AbortSignal;
}

async function startPart({ name, site, needs, running, watcher, signal }: PartStart): Promise<void> {
  const { screen } = site;
  const workshop = workshopOf(name, site);
  const [prepared] = await Promise.all([workshop.prepare(signal), ...needs]);
  signal.throwIfAborted();
  const startedAt = Date.now();
  const program = workshop.program(prepared);
  if (parts[name].kind === "job") {
    await runJob(program, watcher, signal);
  } else {
    running.set(name, await supervise(program, watcher, signal));
  }
  await workshop.furnish();
  screen.done(name, Date.now() - startedAt);
}

/** Creates in a backing part that stands elsewhere what the parts started here expect in it. */
async function furnishElsewhere(name: PartName, site: Site): Promise<void> {
  if (!site.selected.some((other) => parts[other].needs.includes(name))) return;
  try {
    await workshopOf(name, site).furnish();
  } catch (cause) {
    const setting = addressSetting(name);
    throw new SagascopeError("BAD_SETTING", `${setting} names a ${name} that could not be set up`, { cause });
  }
}

async function stopAll(running: Map<PartName, Supervised>): Promise<void> {
  const deadline = Date.now() + wholePatienceMs;
  for (const wave of stopWaves([...running.keys()])) {
    const left = Math.max(500, deadline - Date.now());
    const backing = wave.some((name) => parts[name].group === "backing");
    const patience = backing ? left : Math.min(partPatienceMs, left);
    await Promise.all(wave.map((name) => running.get(name)?.stop(patience)));
  }
}

/** Keeps the data folder's records of who runs, and tells the user when one ends and returns. */
function processBook({ folder, addresses, selected, screen }: Site) {
  const marks: Partial<Record<PartName, ProcessMark>> = {};
  const launcher = markOf(process.pid);
  let published = false;
  const publish = () => {
    published = true;
    const ids = Object.entries(marks).map(([name, mark]) => [name, mark.pid] as const);
    folder.recordEndpoints(endpointsOf(addresses, selected, Object.fromEntries(ids)));
  };
  const watcher: Watcher = {
    onProcess: (name, mark) => {
      if (mark) marks[name as PartName] = mark;
      else delete marks[name as PartName];
      folder.recordRun(launcher, marks);
      if (published && mark) publish();
    },
    onEnding: ({ name, how, delayMs, log }) => {
      const lines = log.map((line) => `\n    ${line}`).join("");
      const last = lines ? `; it keeps ending, the last lines of its log:${lines}` : "";
      screen.warn(`${name} ended (${how}): restarting it in ${delayMs / 1000} s${last}`);
    },
    onReturn: ({ name, tookMs }) => screen.done(`${name} is back`, tookMs),
  };
  return { watcher, publish };
}
