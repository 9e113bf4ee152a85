import type { BreachRule, SagaList, SagaState, Verdict } from "#contracts/api/saga.ts";
import { and, float64, moment, or, type Sql, sql, string, strings } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { isOfHours, type KindColumn, type OfKinds } from "./counted-hours.ts";
import { isFingerprint } from "./error-fingerprints.ts";
import { listAlone } from "./listed-sagas.ts";
import { durationMs, errorCodeOf, hasResidual, isIn, type Lateness, overdue } from "./saga-expressions.ts";
import { isOneOf, type SagaPlace } from "./saga-place.ts";
import { sagasAsOf } from "./sagas-as-of.ts";
import { idsBeginWith, placesByPrefix } from "./sagas-by-prefix.ts";
import { sourcesOf } from "./service-sources.ts";
import { attemptMs } from "./step-latency.ts";
import { endedWithin, startedWithin, startsOfEnded, type TimeWindow } from "./time-window.ts";
import { hasWords } from "./words.ts";

/** What narrows a list of sagas. Several values of one kind mean any of them; the kinds mean all. */
export interface SagaFilter {
  readonly window: TimeWindow;
  /** Which moment of a saga must lie within the window. */
  readonly moment: "started" | "ended";
  readonly states: readonly SagaState[];
  readonly verdicts: readonly Verdict[];
  /** Rules by which a saga is inconsistent. */
  readonly rules: readonly BreachRule[];
  readonly types: readonly string[];
  /** Of the saga, as its events name it. */
  readonly versions: readonly string[];
  /** That an event came from. */
  readonly services: readonly string[];
  /** `service@version`. */
  readonly serviceVersions: readonly string[];
  /** Codes of the last error. */
  readonly errors: readonly string[];
  /** Of errors that the saga met, as 16 hex digits. */
  readonly fingerprints: readonly string[];
  /** Sagas that reached any of these steps; together with `errors`, whose last error was in one. */
  readonly steps: readonly string[];
  /** Of which one spoke last, of a saga that is still open. */
  readonly waitsIn: readonly string[];
  /** Any of which failed, once at least. */
  readonly failedSteps: readonly string[];
  /** Sagas that have left any of these steps done though it should be undone. */
  readonly residuals: readonly string[];
  /** `key=value`. */
  readonly labels: readonly string[];
  readonly text: FreeText | undefined;
  /**
   * From (inclusive) and to (exclusive), ms: of whole sagas that have ended; together with `steps`, of an attempt at one of them that
   * has ended.
   */
  readonly duration?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** The sagas as they were then, ms; undefined for now. */
  readonly asOfMs?: number | undefined;
}

/** All sagas that started within a window. */
export const allWithin = (window: TimeWindow): SagaFilter => ({
  window,
  moment: "started",
  states: [],
  verdicts: [],
  rules: [],
  types: [],
  versions: [],
  services: [],
  serviceVersions: [],
  errors: [],
  fingerprints: [],
  steps: [],
  waitsIn: [],
  failedSteps: [],
  residuals: [],
  labels: [],
  text: undefined,
});

/** The sagas that a filter narrows, to be read as a table. */
export const rowsOf = ({ sagas }: Asker, { asOfMs }: SagaFilter): Sql =>
  asOfMs === undefined ? sagas : sagasAsOf(asOfMs, sagas);

/**
 * Whether a window of starts and what makes a kind (`kindsOf`, facets) are all that narrows them, and they are read from the list
 * alone: then what `saga_counts` has of them holds.
 */
export function isByKinds(asker: Asker, filter: SagaFilter): boolean {
  const { window, moment: of, text, duration, fingerprints, waitsIn, residuals, labels } = filter;
  return (
    rowsOf(asker, filter) === listAlone &&
    of === "started" &&
    isOfHours(window) &&
    [fingerprints, waitsIn, residuals, labels].every(({ length }) => length === 0) &&
    text === undefined &&
    duration === undefined
  );
}

/**
 * What somebody typed, by what it turned out to be: a trace's id, words of labels and of errors, or the beginning of an id, with
 * the sagas whose ids begin so where they are few.
 */
export type FreeText =
  | { readonly kind: "trace" | "words"; readonly text: string }
  | { readonly kind: "id"; readonly text: string; readonly sagas: readonly SagaPlace[] | "many" };

const traceId = /^[0-9a-f]{32}$/i;
const few = 50;

/** What `text` is: a trace's id by its looks, else the beginning of an id where any saga's begins so, else words. */
export async function readFreeText(asker: Asker, text: string): Promise<FreeText> {
  if (traceId.test(text)) return { kind: "trace", text: text.toLowerCase() };
  const sagas = await placesByPrefix(asker, text, few + 1);
  if (sagas.length === 0) return { kind: "words", text };
  return { kind: "id", text, sagas: sagas.length > few ? "many" : sagas };
}

/** What there are counts of, beside each choice. */
export type Facet = keyof SagaList["facets"];

/** The filters that have facets, each true where its list is empty. */
export function facetClauses(filter: SagaFilter, late: Lateness): Record<Facet, Sql> {
  return {
    state: anyOf(filter.states.map((name) => isIn[name])),
    verdict: anyOf(filter.verdicts.map((verdict) => (verdict === "overdue" ? overdue(late) : sql`notEmpty(broken)`))),
    rule: filter.rules.length > 0 ? sql`hasAny(broken, ${strings(filter.rules)})` : sql`1`,
    type: filter.types.length > 0 ? sql`saga_type IN ${strings(filter.types)}` : sql`1`,
    error: filter.errors.length > 0 ? sql`${errorCodeOf} IN ${strings(filter.errors)}` : sql`1`,
  };
}

/** Any of the clauses; of none it is true. */
const anyOf = (clauses: readonly Sql[]): Sql => (clauses.length > 0 ? sql`(${or(clauses)})` : sql`1`);

/** What of a filter kinds are told apart by, but for facets. */
export function kindsOf(filter: SagaFilter): OfKinds {
  const { versions, services, serviceVersions, steps, failedSteps, errors, duration } = filter;
  // An attempt of it that took so long says as much, and of a compensation as well.
  const isOfAttempts = duration !== undefined && errors.length === 0;
  const clauses: [KindColumn, Sql][] = [];
  if (versions.length > 0) clauses.push(["saga_version", sql`saga_version IN ${strings(versions)}`]);
  if (services.length > 0) clauses.push(["services", sql`hasAny(services, ${sourcesOf(services)})`]);
  if (serviceVersions.length > 0) clauses.push(["versions", sql`hasAny(versions, ${sourcesOf(serviceVersions)})`]);
  if (steps.length > 0 && errors.length > 0)
    clauses.push(["error_step", sql`tupleElement(last_error, 'step') IN ${strings(steps)}`]);
  else if (steps.length > 0 && !isOfAttempts) clauses.push(["steps", sql`hasAny(steps, ${strings(steps)})`]);
  if (failedSteps.length > 0) clauses.push(["steps_failed", sql`hasAny(steps_failed, ${strings(failedSteps)})`]);
  return {
    matches: clauses.length > 0 ? and(clauses.map(([, clause]) => clause)) : sql`1`,
    columns: clauses.map(([column]) => column),
  };
}

/** All other filters, the time window among them. */
export function otherClauses(filter: SagaFilter, late: Lateness): Sql {
  const { window, moment: of } = filter;
  const clauses = [of === "ended" ? endedWithin(window) : startedWithin(window), kindsOf(filter).matches];
  if (filter.waitsIn.length > 0) clauses.push(waitsInClause(filter.waitsIn));
  for (const label of filter.labels) clauses.push(sql`has(labels, ${string(label)})`);
  if (filter.residuals.length > 0) clauses.push(hasResidual(filter.residuals, late));
  if (filter.duration !== undefined) clauses.push(durationClause(filter, filter.duration));
  const among = { window: of === "ended" ? startsOfEnded(window) : window, asOfMs: filter.asOfMs };
  if (filter.fingerprints.length > 0) clauses.push(fingerprintClause(filter.fingerprints, among));
  if (filter.text !== undefined) clauses.push(textClause(filter.text, among));
  return and(clauses);
}

/** The sagas that are looked through, and until when what happened to them counts. */
interface Among {
  readonly window: TimeWindow;
  readonly asOfMs: number | undefined;
}

/** Whether what is dated `time` had happened by then. */
const happened = (time: Sql, asOfMs: number | undefined): Sql =>
  asOfMs === undefined ? sql`1` : sql`toDateTime64(${time}, 3, 'UTC') <= ${moment(asOfMs)}`;

const waitsInClause = (steps: readonly string[]): Sql =>
  sql`waits_in != 0 AND tupleElement(last_step, 'step') IN ${strings(steps)}`;

function durationClause(
  { steps, window, moment: of, asOfMs }: SagaFilter,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Sql {
  const between = (value: Sql) => sql`${value} >= ${float64(fromMs)} AND ${value} < ${float64(toMs)}`;
  if (steps.length === 0) return sql`bitAnd(flags, 14) != 0 AND ${between(durationMs)}`;
  const starts = startedWithin(of === "ended" ? startsOfEnded(window) : window);
  return sql`(started, saga_id) IN (SELECT started, saga_id FROM saga_steps FINAL
    WHERE ${starts} AND step IN ${strings(steps)} AND bitAnd(flags, 1) != 0 AND bitAnd(flags, 6) != 0 AND ${between(attemptMs)}
      AND ${happened(sql`step_ended_at`, asOfMs)})`;
}

/** Free text, once it is known what it is. */
function textClause(free: FreeText, { window: { fromMs, toMs }, asOfMs }: Among): Sql {
  const { kind, text } = free;
  if (kind === "words") return hasWords(text);
  if (kind === "id" && free.sagas !== "many") return isOneOf(free.sagas);
  const events = sql`saga_events WHERE saga_started >= ${moment(fromMs)} AND saga_started < ${moment(toMs)}`;
  const found =
    kind === "trace"
      ? sql`SELECT saga_started, saga_id FROM ${events} AND trace_id = ${string(text)} AND ${happened(sql`time`, asOfMs)} LIMIT 1000`
      : sql`SELECT saga_started, saga_id FROM ${events} AND ${idsBeginWith(text)}`;
  return sql`(started, saga_id) IN (${found})`;
}

/** The errors of a stretch lie beside its sagas, by start and id, so that this reads no more than they. */
function fingerprintClause(fingerprints: readonly string[], { window, asOfMs }: Among): Sql {
  return sql`(started, saga_id) IN (SELECT started, saga_id FROM saga_errors WHERE ${startedWithin(window)}
    AND ${isFingerprint(fingerprints)} AND ${happened(sql`time`, asOfMs)})`;
}
