import type { Breach, SagaEventRow, SagaSummary } from "#contracts/api/saga.ts";
import { breachRules } from "#contracts/words.ts";
import { compareText, distinctEvents, greatest, wholeMs } from "./distinct-events.ts";
import type { Limits } from "./outlook/limits.ts";
import { lastPosition } from "./outlook/position.ts";
import { isEnd, stateOf } from "./state.ts";
import { verdictsOf } from "./verdicts.ts";

/**
 * What a list says of the saga with these events. The store folds the same into a row of `sagas` as events come;
 * an integration test holds the two together.
 */
export function summaryOf(
  saga: Pick<SagaSummary, "id" | "type" | "version" | "subject" | "startedAt" | "storedAt">,
  {
    events,
    breaches,
    nowMs,
    limits,
  }: { events: readonly SagaEventRow[]; breaches: readonly Breach[]; nowMs: number; limits: Limits },
): SagaSummary {
  const history = distinctEvents(events);
  const state = stateOf(history);
  const ms = (event: SagaEventRow) => wholeMs(event.time);
  const lastMs = Math.max(...history.map(ms));
  const ends = history.filter((event) => isEnd(event.type)).map(ms);
  const endedMs = ends.length > 0 ? Math.max(...ends) : null;
  const deadline = greatest(history.flatMap((event) => event.deadline ?? []));
  return {
    id: saga.id,
    type: saga.type,
    version: saga.version,
    subject: saga.subject,
    startedAt: saga.startedAt,
    ...(saga.storedAt === undefined ? {} : { storedAt: saga.storedAt }),
    state,
    verdicts: verdictsOf({ state, deadline: dueOf(saga, { history, deadline, limits }) }, { breaches, nowMs }),
    rules: state === "resolved" ? [] : breachRules.filter((rule) => breaches.some((breach) => breach.rule === rule)),
    endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
    durationMs: Math.max(0, (endedMs ?? lastMs) - Date.parse(saga.startedAt)),
    lastEventAt: new Date(lastMs).toISOString(),
    deadline,
    step:
      lastBy(
        history.filter((event) => event.step !== ""),
        (event) => [event.step],
      )?.step ?? null,
    labels: labelsOf(history.flatMap((event) => Object.entries(event.labels).map(([key, value]) => `${key}=${value}`))),
    error: lastErrorOf(history),
    maxAttempt: Math.max(0, ...history.map((event) => event.attempt)),
    compensations: new Set(
      history.filter((event) => event.type === "saga.compensation.completed").map((event) => event.compensates),
    ).size,
  };
}

/**
 * When a saga with this history is overdue, ISO 8601: at its declared deadline or, where it has none, when it has waited in its
 * position for as long as the learned limit; null where there is none either.
 */
export function dueOf(
  { type, version }: Pick<SagaSummary, "type" | "version">,
  { history, deadline, limits }: { history: readonly SagaEventRow[]; deadline: string | null; limits: Limits },
): string | null {
  if (deadline !== null) return deadline;
  const last = lastPosition(history);
  const limit = last && limits.of({ type, version, position: last.position });
  return limit ? new Date(wholeMs(last.time) + limit.limitMs).toISOString() : null;
}

/** `key=value` pairs as a record; of one key's several values the greatest. */
export function labelsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    [...pairs].sort(compareText).map((pair) => {
      const cut = pair.indexOf("=");
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  );
}

function lastErrorOf(history: readonly SagaEventRow[]): SagaSummary["error"] {
  const failed = history.filter((event) => event.error !== null && event.error.code !== "");
  const last = lastBy(failed, (event) => [event.error?.code ?? "", event.step, event.error?.message ?? ""]);
  return last?.error ? { code: last.error.code, step: last.step, message: last.error.message } : null;
}

/** The event that is last by time, and of several at once by `parts`. */
function lastBy(events: readonly SagaEventRow[], parts: (event: SagaEventRow) => string[]): SagaEventRow | undefined {
  const key = (event: SagaEventRow) => [event.time, ...parts(event)];
  const compare = (a: readonly string[], b: readonly string[]) =>
    a.map((text, index) => compareText(text, b[index] ?? "")).find((order) => order !== 0) ?? 0;
  return events.reduce<SagaEventRow | undefined>(
    (best, event) => (best === undefined || compare(key(event), key(best)) > 0 ? event : best),
    undefined,
  );
}
