import { beginOf, type Execution, type History } from "#sagas/history.ts";
import { clockSkewMs } from "#sagas/verdicts.ts";
import { type Node, nodeOf } from "./node.ts";

/** A way from one node to the next that a saga took. */
export interface Transition {
  readonly from: Node;
  readonly to: Node;
  /** Whether an event's cause says so; else it is inferred from times. */
  readonly isGiven: boolean;
  /** From the end of the one to the beginning of the other. */
  readonly ms: number;
}

/** The ways that a saga took, and which of its nodes ran at the same time. */
export interface Transitions {
  readonly taken: readonly Transition[];
  /** Pairs in order of text, each once; only of nodes whose place had to be inferred. */
  readonly concurrent: readonly (readonly [Node, Node])[];
}

/** A stretch of work: of what is open it never ends, and what fell silent ends when its next try begins. */
interface Stretch {
  readonly node: Node;
  readonly execution: Execution;
  readonly fromMs: number;
  readonly toMs: number;
  readonly index: number;
}

/** Of sagas with more tries than this those without a cause follow whatever began before them. */
const mostCompared = 300;

/**
 * How a saga went from node to node. The cause of a try's first event leads to it, where it is given and known. Where not,
 * a try follows those that had ended when it began, but for those that others came after; what overlaps runs side by side.
 * A try after a failed one of the same node is a retry: a way from the node to itself.
 */
export function transitionsOf(history: History): Transitions {
  const stretches = stretchesOf(history.executions);
  const owners = ownersOf(history, stretches);
  const taken: Transition[] = [];
  const inferred: Stretch[] = [];
  const retried = new Map<string, Stretch>();
  for (const stretch of stretches) {
    const cause = owners.get(stretch.execution.cause);
    const before = retried.get(tryKey(stretch.execution));
    retried.set(tryKey(stretch.execution), stretch);
    if (before && isRetry(stretch, { before, cause })) {
      taken.push(way(before, { to: stretch.node, atMs: stretch.fromMs, isGiven: cause !== undefined }));
    } else if (cause && cause !== stretch) {
      taken.push(way(cause, { to: stretch.node, atMs: stretch.fromMs, isGiven: true }));
    } else {
      inferred.push(stretch);
      for (const from of predecessors(stretches, stretch)) {
        taken.push(way(from ?? startOf(history), { to: stretch.node, atMs: stretch.fromMs, isGiven: false }));
      }
    }
  }
  taken.push(...endings(history, { stretches, owners }));
  return { taken, concurrent: stretches.length > mostCompared ? [] : concurrentPairs(stretches, inferred) };
}

const tryKey = ({ name, compensates }: Execution) => `${compensates}\n${name}`;

/** The ways of a saga as text, each once and in order: what tells its path from others. */
export function pathOf(taken: readonly Transition[]): string[] {
  return [...new Set(taken.map(({ from, to }) => edgeKey(from, to)))].sort();
}

/** An edge as one text. A node's name may hold anything, so it is kept as JSON. */
export function edgeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function stretchesOf(executions: readonly Execution[]): Stretch[] {
  const ordered = executions
    .map((execution) => ({ execution, fromMs: beginOf(execution) }))
    .sort(
      (a, b) =>
        a.fromMs - b.fromMs ||
        a.execution.attempt - b.execution.attempt ||
        (tryKey(a.execution) < tryKey(b.execution) ? -1 : 1),
    );
  const nextBegin = new Map<string, number>();
  const stretches: Stretch[] = [];
  for (let index = ordered.length - 1; index >= 0; index--) {
    const one = ordered[index];
    if (!one) continue;
    const key = tryKey(one.execution);
    const toMs = one.execution.endedMs ?? nextBegin.get(key) ?? Number.POSITIVE_INFINITY;
    nextBegin.set(key, one.fromMs);
    stretches.push({ ...one, node: nodeOf(one.execution), toMs: Math.max(one.fromMs, toMs), index });
  }
  return stretches.reverse();
}

type Place = Pick<Stretch, "node" | "fromMs" | "toMs">;

const startOf = ({ startedMs }: History): Place => ({ node: "start", fromMs: startedMs, toMs: startedMs });

function ownersOf(history: History, stretches: readonly Stretch[]): Map<string, Place> {
  const owners = new Map<string, Place>();
  for (const stretch of stretches) {
    if (stretch.execution.startId) owners.set(stretch.execution.startId, stretch);
    if (stretch.execution.endId) owners.set(stretch.execution.endId, stretch);
  }
  if (history.startId) owners.set(history.startId, startOf(history));
  owners.delete("");
  return owners;
}

/** A later try is a retry unless something else, which did not cause the try before, is known to have caused it. */
function isRetry(stretch: Stretch, { before, cause }: { before: Stretch; cause: Place | undefined }): boolean {
  if (!cause || cause === stretch) return before.execution.outcome !== "completed";
  return cause.node === stretch.node || stretch.execution.cause === before.execution.cause;
}

function way(from: Place, { to, atMs, isGiven }: { to: Node; atMs: number; isGiven: boolean }): Transition {
  const sinceMs = from.toMs <= atMs ? from.toMs : Math.min(from.fromMs, atMs);
  return { from: from.node, to, isGiven, ms: Math.max(0, atMs - sinceMs) };
}

/**
 * Whether `a` was over when `b` began. Clocks differ, so that they may overlap a little, by less than half of the shorter
 * one: what truly runs side by side overlaps by more.
 */
function precedes(a: Stretch, b: Stretch): boolean {
  if (a.index >= b.index) return false;
  const overlapMs = a.toMs - b.fromMs;
  if (overlapMs <= 0) return true;
  return overlapMs <= clockSkewMs && overlapMs * 2 <= Math.min(a.toMs - a.fromMs, b.toMs - b.fromMs);
}

/** What `stretch` directly follows, or undefined for the saga's start. */
function predecessors(stretches: readonly Stretch[], stretch: Stretch): (Stretch | undefined)[] {
  if (stretches.length > mostCompared) return [stretches[stretch.index - 1]];
  const ahead = stretches.slice(0, stretch.index).filter((other) => precedes(other, stretch));
  return lastOf(ahead);
}

/** Those that none of the others comes after: by the one that began last, since intervals are ordered by it. */
function lastOf(stretches: readonly Stretch[]): (Stretch | undefined)[] {
  const newest = stretches.at(-1);
  if (!newest) return [undefined];
  return stretches.filter((other) => other === newest || !precedes(other, newest));
}

function endings(
  { end, ...history }: History,
  { stretches, owners }: { stretches: readonly Stretch[]; owners: ReadonlyMap<string, Place> },
): Transition[] {
  if (!end) return [];
  const to: Node = `end ${end.kind}`;
  const cause = owners.get(end.cause);
  if (cause) return [way(cause, { to, atMs: end.atMs, isGiven: true })];
  const over = stretches.filter(({ toMs }) => toMs <= end.atMs + clockSkewMs);
  const last = stretches.length > mostCompared ? [over.at(-1)] : lastOf(over);
  return last.map((from) => way(from ?? startOf({ ...history, end }), { to, atMs: end.atMs, isGiven: false }));
}

function concurrentPairs(stretches: readonly Stretch[], inferred: readonly Stretch[]): [Node, Node][] {
  const pairs = new Map<string, [Node, Node]>();
  for (const one of inferred) {
    for (const other of stretches) {
      const [earlier, later] = one.index < other.index ? [one, other] : [other, one];
      if (earlier.node === later.node || precedes(earlier, later)) continue;
      const pair: [Node, Node] = earlier.node < later.node ? [earlier.node, later.node] : [later.node, earlier.node];
      pairs.set(pair.join("\n"), pair);
    }
  }
  return [...pairs.values()];
}
