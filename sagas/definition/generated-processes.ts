import type { Execution, History } from "#sagas/history.ts";
import { edgeKey } from "./transitions.ts";

/** A process whose graph is known, for tests: definitions are mined from sagas that ran through it. */
export type Block =
  | { readonly kind: "step"; readonly name: string; readonly usualMs: number; readonly retryOdds: number }
  | { readonly kind: "sequence" | "parallel" | "choice"; readonly blocks: readonly Block[] };

export const step = (name: string, usualMs = 100, retryOdds = 0): Block => ({ kind: "step", name, usualMs, retryOdds });
export const sequence = (...blocks: Block[]): Block => ({ kind: "sequence", blocks });
export const parallel = (...blocks: Block[]): Block => ({ kind: "parallel", blocks });
export const choice = (...blocks: Block[]): Block => ({ kind: "choice", blocks });

export interface Process {
  readonly block: Block;
  /** Of a sequence of steps: the odds that one fails for good, so that all done before it are undone in reverse order. */
  readonly failOdds?: number;
}

export interface Running {
  /** Whether events name what caused them. */
  readonly isCaused: boolean;
  /** How far each event's clock may be off, either way, in ms. */
  readonly jitterMs: number;
  /** Whether services say when they begin, and not only when they are done. */
  readonly tellsStart: boolean;
  /** A number in [0, 1). */
  readonly chance: () => number;
}

/** The edges that a process has (`edgeKey`), in order of text. */
export function trueEdges({ block, failOdds = 0 }: Process): string[] {
  const edges = new Set<string>();
  const join = (from: readonly string[], to: readonly string[]) => {
    for (const one of from) for (const other of to) edges.add(edgeKey(one, other));
  };
  const { entries, exits } = walk(block, { join });
  join(["start"], entries);
  join(exits, ["end completed"]);
  if (failOdds > 0) {
    const names = stepsOf(block);
    for (const [index, name] of names.entries()) {
      const before = names[index - 1];
      join([`step ${name}`], [before === undefined ? "end compensated" : `undo undo-${before}`]);
      // The last step's compensation never runs: nothing fails after it.
      if (index < names.length - 1)
        join([`undo undo-${name}`], [before === undefined ? "end compensated" : `undo undo-${before}`]);
    }
  }
  return [...edges].sort();
}

type Join = (from: readonly string[], to: readonly string[]) => void;

function walk(block: Block, { join }: { join: Join }): { entries: string[]; exits: string[] } {
  if (block.kind === "step") {
    const node = `step ${block.name}`;
    if (block.retryOdds > 0) join([node], [node]);
    return { entries: [node], exits: [node] };
  }
  const parts = block.blocks.map((one) => walk(one, { join }));
  if (block.kind !== "sequence") {
    return { entries: parts.flatMap(({ entries }) => entries), exits: parts.flatMap(({ exits }) => exits) };
  }
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (before) join(before.exits, part.entries);
  }
  return { entries: parts[0]?.entries ?? [], exits: parts.at(-1)?.exits ?? [] };
}

const stepsOf = (block: Block): string[] =>
  block.kind === "step" ? [block.name] : block.blocks.flatMap((one) => stepsOf(one));

interface Exit {
  readonly id: string;
  readonly atMs: number;
}

/** One saga that runs through a process. */
export function runProcess({ block, failOdds = 0 }: Process, id: string, running: Running): History {
  const { chance, isCaused, jitterMs } = running;
  const startedMs = 1_700_000_000_000;
  const jitter = () => (chance() * 2 - 1) * jitterMs;
  const executions: Execution[] = [];
  const start: Exit = { id: `${id}-start`, atMs: startedMs };
  // One in ten is slow, so that of parallel branches each is the last one now and then.
  const takes = (usualMs: number) => usualMs * (0.4 + 1.2 * chance()) * (chance() < 0.1 ? 10 : 1);

  function attempt(name: string, { compensates, from, usualMs, number, outcome }: Try): Exit {
    const startMs = from.atMs + 1 + 20 * chance();
    const endMs = startMs + takes(usualMs);
    const key = `${id}-${compensates}-${name}-${number}`;
    const startTold = running.tellsStart ? startMs + jitter() : null;
    executions.push({
      name,
      compensates,
      attempt: number,
      startedMs: startTold,
      endedMs: Math.max(startTold ?? 0, endMs + jitter()),
      outcome,
      startId: running.tellsStart ? `${key}-s` : "",
      endId: `${key}-e`,
      cause: isCaused ? from.id : "",
    });
    return { id: `${key}-e`, atMs: endMs };
  }

  function run(part: Block, from: Exit): Exit {
    if (part.kind === "step") return tryStep(part, from);
    if (part.kind === "sequence") return part.blocks.reduce((exit, one) => run(one, exit), from);
    if (part.kind === "choice") {
      const chosen = part.blocks[Math.floor(chance() * part.blocks.length)];
      return chosen ? run(chosen, from) : from;
    }
    // Whatever comes next waits for all, and the last one causes it.
    return part.blocks.map((one) => run(one, from)).reduce((last, exit) => (exit.atMs > last.atMs ? exit : last));
  }

  function tryStep({ name, usualMs, retryOdds }: Extract<Block, { kind: "step" }>, from: Exit): Exit {
    let exit = from;
    let number = 1;
    for (; number < 3 && chance() < retryOdds; number++) {
      exit = attempt(name, { compensates: "", from: exit, usualMs, number, outcome: "failed" });
      exit = { ...exit, atMs: exit.atMs + 200 };
    }
    return attempt(name, { compensates: "", from: exit, usualMs, number, outcome: "completed" });
  }

  const steps = failOdds > 0 && block.kind === "sequence" ? block.blocks : [block];
  const done: string[] = [];
  let exit = start;
  let kind: "completed" | "compensated" = "completed";
  for (const part of steps) {
    if (part.kind === "step" && chance() < failOdds) {
      exit = attempt(part.name, { compensates: "", from: exit, usualMs: part.usualMs, number: 1, outcome: "failed" });
      kind = "compensated";
      for (const name of done.toReversed()) {
        exit = attempt(`undo-${name}`, { compensates: name, from: exit, usualMs: 60, number: 1, outcome: "completed" });
      }
      break;
    }
    exit = run(part, exit);
    if (part.kind === "step") done.push(part.name);
  }
  const end = { kind, atMs: exit.atMs + 1 + 10 * chance() + jitter(), cause: isCaused ? exit.id : "" };
  return { id, startedMs, startId: start.id, end, executions };
}

interface Try {
  readonly compensates: string;
  readonly from: Exit;
  readonly usualMs: number;
  readonly number: number;
  readonly outcome: Execution["outcome"];
}
