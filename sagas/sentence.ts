import type { Attempt, SagaDetail, Step } from "#contracts/api/saga.ts";
import { assertNever } from "./assert-never.ts";
import { capital, isMoney, readStepName } from "./words.ts";

/** What the sentence is made from: a `SagaDetail` has it all. */
export type SentenceFacts = Pick<
  SagaDetail,
  | "state"
  | "verdicts"
  | "steps"
  | "breaches"
  | "labels"
  | "error"
  | "startedAt"
  | "endedAt"
  | "deadline"
  | "lastEventAt"
>;

export interface SentenceOptions {
  /** Now, in ms since the epoch. */
  nowMs: number;
  /** Writes a moment as a clock time; the default is `12:04:09` in UTC. */
  clock?: (ms: number) => string;
}

/**
 * One or two lines that tell an operator what happened and what is still to be dealt with: generated from the facts,
 * with amounts and names.
 */
export function sentenceOf(saga: SentenceFacts, options: SentenceOptions): string {
  const clock = options.clock ?? utcClock;
  const telling = { saga, nowMs: options.nowMs, clock };
  const sentences = [overdue(telling), ...story(telling), ...suspicions(telling)];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

interface Telling {
  saga: SentenceFacts;
  nowMs: number;
  clock: (ms: number) => string;
}

/** How many steps a sentence names before it only counts the rest. */
const mostNamed = 3;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const utcClock = (ms: number) => new Date(ms).toISOString().slice(11, 19);

function story(telling: Telling): string[] {
  const { saga, clock } = telling;
  switch (saga.state) {
    case "running":
      return [waiting(telling)];
    case "completed":
      return [completed(telling)];
    case "compensating":
      return [failure(telling), undone(telling), undoing(telling)];
    case "compensated":
      return [failure(telling), undone(telling), ...held(telling)];
    case "failed":
      return [failure(telling), undone(telling), ...held(telling), "A person is needed."];
    case "resolved":
      return [failure(telling), undone(telling), `A person resolved it at ${clock(Date.parse(saga.lastEventAt))}.`];
    default:
      return assertNever(saga.state);
  }
}

function overdue({ saga, nowMs }: Telling): string {
  if (!saga.verdicts.includes("overdue") || saga.deadline === null) return "";
  return `Overdue by ${duration(nowMs - Date.parse(saga.deadline))}.`;
}

function waiting({ saga, nowMs, clock }: Telling): string {
  const active = saga.steps.find((step) => step.state === "running" || step.state === "retrying");
  const last = active?.attempts.at(-1);
  if (active && last) {
    const previous = active.attempts.findLast((attempt) => attempt.error !== null);
    const sinceMs = last.endedAtMs ?? last.startedAtMs ?? Date.parse(saga.lastEventAt);
    const since = `since ${clock(sinceMs)} (${duration(nowMs - sinceMs)})`;
    const after = previous?.error ? ` after ${previous.error.code}` : "";
    if (last.outcome === "failed") {
      return `Waiting to retry ${active.name} ${since}, ${ordinal(last.attempt)} attempt failed${after.replace(" after", ":")}.`;
    }
    return `Waiting for ${active.name} ${since}${last.attempt > 1 ? `, attempt ${last.attempt}${after}` : ""}.`;
  }
  const sinceMs = Date.parse(saga.lastEventAt);
  const next = saga.steps.find((step) => step.state === "waiting");
  const since = `since ${clock(sinceMs)} (${duration(nowMs - sinceMs)})`;
  return next ? `Waiting for ${next.name} to begin ${since}.` : `Nothing heard ${since}.`;
}

function completed({ saga }: Telling): string {
  const took = saga.endedAt === null ? "" : ` in ${duration(Date.parse(saga.endedAt) - Date.parse(saga.startedAt))}`;
  const steps = saga.steps.filter((step) => step.state === "completed").length;
  const retried = saga.steps.filter((step) => step.attempts.length > 1);
  const count = steps === 1 ? "1 step" : `${steps} steps`;
  if (retried.length === 0) return `Completed${took}: ${count}, no retries.`;
  const more = retried.length > mostNamed ? [`${counted(retried.length - mostNamed, "more step")} retried`] : [];
  const reasons = retried.slice(0, mostNamed).map((step) => {
    const codes = [...new Set(step.attempts.flatMap((attempt) => attempt.error?.code ?? []))];
    return `${step.name} took ${step.attempts.length} attempts${codes.length > 0 ? ` (${codes.join(", ")})` : ""}`;
  });
  return `Completed${took}: ${count}; ${list([...reasons, ...more])}.`;
}

/** "Scheduling the shipment failed after 3 attempts (carrier_timeout)." */
function failure({ saga }: Telling): string {
  const failed = saga.steps.filter(
    ({ attempts }) => attempts.at(-1)?.outcome === "failed" && attempts.every((one) => one.outcome !== "completed"),
  );
  const step = failed.find((candidate) => candidate.name === saga.error?.step) ?? failed.at(-1);
  if (!step) return unexplained(saga);
  const code = step.attempts.at(-1)?.error?.code;
  const tries = step.attempts.length > 1 ? ` after ${step.attempts.length} attempts` : "";
  return `${capital(doing(step.name))} failed${tries}${code ? ` (${code})` : ""}.`;
}

function unexplained({ state, error, steps }: SentenceFacts): string {
  const undoFailed = steps.some((step) => step.compensation?.attempts.some((one) => one.error?.code === error?.code));
  if (error && !undoFailed) return `It failed with ${error.code}.`;
  if (state === "resolved") return "";
  return state === "failed" ? "It failed without a step that did." : "It was undone without a step that failed.";
}

/** "Stock released, 99.99 EUR refunded." */
function undone({ saga }: Telling): string {
  const done = saga.steps
    .filter((step) => step.state === "compensated")
    .sort((a, b) => endOf(a.compensation?.attempts) - endOf(b.compensation?.attempts))
    .map((step) => outcome(step.compensation?.name ?? "", saga));
  const more = done.length > mostNamed ? [`${done.length - mostNamed} more undone`] : [];
  return done.length === 0 ? "" : `${capital([...done.slice(0, mostNamed), ...more].join(", "))}.`;
}

function undoing({ saga, nowMs, clock }: Telling): string {
  const active = saga.steps.find((step) => step.state === "compensating");
  const last = active?.compensation?.attempts.at(-1);
  if (active?.compensation && last) {
    const sinceMs = last.endedAtMs ?? last.startedAtMs ?? Date.parse(saga.lastEventAt);
    const attempt = last.attempt > 1 ? `, attempt ${last.attempt}` : "";
    const failed = last.outcome === "failed" ? `; it failed${last.error ? ` (${last.error.code})` : ""}` : "";
    return `Waiting for ${active.compensation.name} since ${clock(sinceMs)} (${duration(nowMs - sinceMs)})${attempt}${failed}.`;
  }
  const open = stillHeld(saga);
  return open.length === 0 ? "" : `Still to undo: ${list(open.map((step) => step.name))}.`;
}

/** What completed and was not undone, or that nothing is. */
function held({ saga, clock }: Telling): string[] {
  // Money first: it must be among those that are named.
  const open = stillHeld(saga).sort(
    (a, b) => Number(isMoney(readStepName(b.name))) - Number(isMoney(readStepName(a.name))),
  );
  if (open.length === 0) return ["Nothing is left held."];
  const rest = open.slice(mostNamed);
  const more = rest.length === 0 ? [] : [`${counted(rest.length, "more step")} never undone.`];
  return [...open.slice(0, mostNamed).map(heldStep), ...more];

  function heldStep(step: Step): string {
    const at = clock(endOf(step.attempts));
    const missing = step.compensation ? undoOutcome(step.compensation) : "never undone";
    const amount = isMoney(readStepName(step.name)) ? amountOf(saga.labels) : undefined;
    return `${capital(thing(step.name))} ${at}, ${missing}: ${amount ?? "it is"} still held.`;
  }
}

/** "refund failed (bank_down)", or that it never came to an end. */
function undoOutcome({ name, attempts }: NonNullable<Step["compensation"]>): string {
  const undo = readStepName(name);
  const what = undo.action || undo.name;
  const last = attempts.at(-1);
  if (last?.outcome !== "failed") return `${what} never finished`;
  return `${what} failed${last.error ? ` (${last.error.code})` : ""}`;
}

/** What broke a rule and is not told yet. */
function suspicions({ saga }: Telling): string[] {
  const untold = saga.breaches.filter((breach) => breach.rule !== "never_compensated");
  const more = untold.length > mostNamed ? [`${counted(untold.length - mostNamed, "more rule")} broken.`] : [];
  return [...untold.slice(0, mostNamed).map((breach) => breach.evidence), ...more];
}

const stillHeld = (saga: SentenceFacts): Step[] =>
  saga.steps.filter(
    (step) => step.state !== "compensated" && step.attempts.some((attempt) => attempt.outcome === "completed"),
  );

const endOf = (attempts: readonly Attempt[] | undefined): number =>
  attempts?.findLast((one) => one.endedAtMs)?.endedAtMs ?? 0;

/** The amount that a saga is about, from its labels. */
export function amountOf(labels: Readonly<Record<string, string>>): string | undefined {
  const named = labels.amount ?? labels.total ?? labels.price;
  if (named === undefined || named === "") return undefined;
  return labels.currency && /^[\d.,]+$/.test(named) ? `${named} ${labels.currency}` : named;
}

const doing = (name: string): string => {
  const { verb, object } = readStepName(name);
  if (!verb) return name;
  return object === "" ? verb.gerund : `${verb.gerund} the ${object}`;
};

const thing = (name: string): string => {
  const { verb, object } = readStepName(name);
  return verb && object !== "" ? `${object} ${verb.participle}` : `${name} completed`;
};

const outcome = (name: string, saga: SentenceFacts): string => {
  const read = readStepName(name);
  const amount = isMoney(read) ? amountOf(saga.labels) : undefined;
  if (!read.verb) return `${name} done`;
  if (amount) return `${amount} ${read.verb.participle}`;
  return read.object === "" ? read.verb.participle : `${read.object} ${read.verb.participle}`;
};

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const ordinal = (count: number): string => {
  const tail = count % 100 > 10 && count % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${tail}`;
};

/** `840 ms`, `4.2 s`, `2 m 05 s`, `3 h 02 m`, `1 d 4 h`. */
export function duration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 999.5) return `${Math.round(whole)} ms`;
  if (whole < 59_950) return `${(whole / 1000).toFixed(whole < 9950 ? 1 : 0)} s`;
  const seconds = Math.round(whole / 1000);
  const two = (count: number) => String(count).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}
