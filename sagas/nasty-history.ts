import type { SagaEventRow } from "#contracts/api/saga.ts";
import { type CaseEvent, rowsOf } from "./history-cases.ts";

/** A number in [0, 1), another each time. */
export type Chance = () => number;

/** The same numbers for the same seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every step that such a history speaks of, planned or not. */
export const nastySteps = ["a", "b", "c", "d", "x", "ghost"] as const;

const planned = nastySteps.slice(0, 4);
const waits = [0, 0, 1, 3, 100, 249, 250, 251, 400, 1000, 5000];
const ends = ["completed", "compensated", "failed"];

interface Telling {
  /** Something that happened next, after a wait. */
  readonly say: (event: Omit<CaseEvent, "atMs">) => void;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** True in this share of nasty sagas' chances, and never of a sound one. */
  readonly spoilt: (share: number) => boolean;
  readonly chance: Chance;
}

/**
 * A saga as badly behaved services might tell it, in the order in which they say that it happened: steps out of order,
 * several attempts, holes, effects twice, moments that are one or nearly one, undoing in any order and of what was never
 * done, plans that are not kept to or contradict each other, no end, two ends, and events after it. About a third of them
 * are sound. `baseMs` is when it begins, in ms since the epoch.
 */
export function nastyHistory(chance: Chance, { id, baseMs }: { id: string; baseMs: number }): SagaEventRow[] {
  const told: CaseEvent[] = [];
  let atMs = 0;
  const isNasty = chance() < 0.7;
  const spoilt = (share: number) => isNasty && chance() < share;
  const pick: Telling["pick"] = (items) => {
    const item = items[Math.floor(chance() * items.length)];
    if (item === undefined) throw new RangeError("There is nothing to pick from");
    return item;
  };
  const say: Telling["say"] = (event) => {
    atMs += isNasty ? pick(waits) : 300;
    if (!spoilt(0.05)) told.push({ ...event, atMs });
    if (spoilt(0.02)) told.push({ ...event, atMs: atMs + pick(waits) });
  };
  const telling = { say, pick, spoilt, chance };
  tellStart(telling);
  const done = tellSteps(telling);
  tellEnd(telling, done);
  while (spoilt(0.1)) tellAnything(telling);
  return rowsOf({ events: told }, { id, baseMs }).map((row) => {
    const nanos = String(Math.floor(chance() * 1e6)).padStart(6, "0");
    return { ...row, time: row.time.replace("000000Z", `${nanos}Z`) };
  });
}

function tellStart({ say, spoilt, chance }: Telling): void {
  const plan = spoilt(0.2) ? [...planned].reverse() : chance() < 0.3 ? [] : [...planned];
  say({
    type: "started",
    plan,
    ...(chance() < 0.5 ? { undoOrder: "reverse" as const } : {}),
    ...(chance() < 0.5 ? { deadline: new Date(chance() < 0.5 ? 1e12 : 4e12).toISOString() } : {}),
  });
  if (spoilt(0.05)) say({ type: "started", plan: planned.slice(0, 3) });
}

/** Goes through the steps, up to the one that fails for good, if any does; gives those that were done. */
function tellSteps(telling: Telling): string[] {
  const { spoilt, pick, chance } = telling;
  const failsAt = chance() < 0.55 ? Math.floor(chance() * planned.length) : planned.length;
  const steps = planned.slice(0, failsAt + 1).filter(() => !spoilt(0.08));
  if (spoilt(0.2)) steps.push("x");
  if (spoilt(0.1)) steps.reverse();
  return steps.filter((step) => {
    const fails = step === planned[failsAt];
    tryOut(telling, { kind: "step", names: { step }, attempts: pick([1, 1, 1, 2, 3]), fails });
    return !fails;
  });
}

function tryOut(
  { say, spoilt }: Telling,
  {
    kind,
    names,
    attempts,
    fails,
  }: {
    kind: "step" | "compensation";
    names: { step: string; compensates?: string };
    attempts: number;
    fails: boolean;
  },
): void {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (spoilt(0.05)) continue;
    const failed = fails || attempt < attempts;
    say({ type: `${kind}.started`, ...names, attempt });
    say({
      type: `${kind}.${failed ? "failed" : "completed"}`,
      ...names,
      attempt,
      ...(failed ? { error: { code: "no", message: "", retryable: attempt < attempts } } : {}),
    });
  }
}

function tellEnd(telling: Telling, done: readonly string[]): void {
  const { say, spoilt, pick, chance } = telling;
  if (chance() < 0.15) return;
  if (done.length === planned.length && !spoilt(0.2)) say({ type: "completed" });
  else {
    const toUndo = [...done].reverse().filter(() => !spoilt(0.1));
    if (spoilt(0.1)) toUndo.push("ghost");
    if (spoilt(0.4)) toUndo.reverse();
    const gaveUp = toUndo.filter((step) => {
      const fails = chance() < 0.05;
      const names = { step: `undo-${step}`, compensates: step };
      tryOut(telling, { kind: "compensation", names, attempts: pick([1, 1, 2]), fails });
      return fails;
    });
    if (chance() < 0.8) say({ type: gaveUp.length > 0 ? "failed" : "compensated" });
  }
  if (spoilt(0.1)) say({ type: pick(ends) });
  if (chance() < 0.05) say({ type: "resolved" });
}

function tellAnything({ say, pick }: Telling): void {
  const step = pick(nastySteps);
  const attempt = pick([1, 2, 7]);
  const word = pick(["started", "completed", "failed"]);
  const undoing = { type: `compensation.${word}`, step: `undo-${step}`, compensates: step, attempt };
  say(pick([{ type: `step.${word}`, step, attempt }, undoing]));
}
