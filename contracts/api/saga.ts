import { z } from "zod";
import { SagaId } from "#contracts/ids.ts";
import { breachRules, sagaStates, sagaValueFacets, verdicts } from "#contracts/words.ts";
import { Cost, Milliseconds, Moment, NanoMoment } from "./answer.ts";
import { Outlook, SagaLimit } from "./outlook.ts";

export const SagaState = z.enum(sagaStates);
export type SagaState = z.infer<typeof SagaState>;

export const Verdict = z.enum(verdicts);
export type Verdict = z.infer<typeof Verdict>;

export const BreachRule = z.enum(breachRules);
export type BreachRule = z.infer<typeof BreachRule>;

/** One row of a list. Times are ISO 8601 in UTC with milliseconds. */
export const SagaSummary = z.object({
  id: SagaId,
  type: z.string(),
  version: z.string(),
  subject: z.string(),
  state: SagaState,
  verdicts: z.array(Verdict),
  rules: z.array(BreachRule).describe("The consistency rules that make it inconsistent; none of a resolved saga."),
  startedAt: Moment,
  storedAt: Moment.optional().describe(
    "Under which moment it is stored, where that is later than its start: time ranges and the order of starts go by it.",
  ),
  endedAt: Moment.nullable(),
  durationMs: z.number().describe("Milliseconds. To the end, or to the last event of an open saga."),
  lastEventAt: Moment,
  deadline: Moment.nullable(),
  step: z.string().nullable().describe("The step that last spoke."),
  labels: z.record(z.string(), z.string()),
  error: z.object({ code: z.string(), step: z.string(), message: z.string() }).nullable(),
  maxAttempt: z.number().int(),
  compensations: z.number().int(),
});
export type SagaSummary = z.infer<typeof SagaSummary>;

/** `GET /api/v1/sagas` */
export const SagaList = z.object({
  sagas: z.array(SagaSummary),
  next: z.string().nullable().describe("Cursor of the next page, or null at the end."),
  total: z.number().int().describe("Exact number of sagas that match, all pages."),
  facets: z
    .object({
      state: z.record(z.string(), z.number().int()),
      verdict: z.record(z.string(), z.number().int()),
      rule: z.record(z.string(), z.number().int()).describe("Why sagas are inconsistent."),
      type: z.record(z.string(), z.number().int()),
      error: z.record(z.string(), z.number().int()),
    })
    .describe("Counts beside each choice; a facet's own filter does not narrow it."),
  ...Cost.shape,
});
export type SagaList = z.infer<typeof SagaList>;

export const SagaValueFacet = z.enum(sagaValueFacets);
export type SagaValueFacet = z.infer<typeof SagaValueFacet>;

/** `GET /api/v1/sagas/facets`: by what the sagas that match are found further, the most of them first. */
export const SagaValues = z.object({
  facet: SagaValueFacet,
  values: z
    .array(z.object({ value: z.string(), sagas: z.number().int() }))
    .describe(
      "Each with the exact number of sagas. The facet's own filter does not narrow it, but for labels, all of which must hold.",
    ),
  cut: z.boolean().describe("Whether there are more values."),
  ...Cost.shape,
});
export type SagaValues = z.infer<typeof SagaValues>;

/** One stored event, as the Events tab shows it. */
export const SagaEventRow = z.object({
  id: z.string(),
  type: z.string(),
  time: NanoMoment,
  source: z.string(),
  step: z.string(),
  attempt: z.number().int(),
  compensates: z.string(),
  causationId: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  serviceVersion: z.string(),
  labels: z.record(z.string(), z.string()),
  plan: z.array(z.string()),
  undoOrder: z.literal("reverse").nullable(),
  deadline: Moment.nullable(),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  payload: z.string().describe("JSON text, or empty."),
  ingestedAt: Moment,
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  duplicates: z.number().int().describe("How often it was stored again; the place is that of the first."),
});
export type SagaEventRow = z.infer<typeof SagaEventRow>;

/** One try of a step or of a compensation. Times in ms since the epoch, with fractions. */
export const Attempt = z.object({
  attempt: z.number().int(),
  startedAtMs: z.number().nullable().describe("Milliseconds since the epoch, with fractions."),
  endedAtMs: z.number().nullable().describe("Milliseconds since the epoch, with fractions."),
  outcome: z.enum(["running", "completed", "failed"]),
  service: z.string(),
  serviceVersion: z.string(),
  traceId: z.string(),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

export const StepState = z.enum([
  "pending",
  "waiting",
  "running",
  "retrying",
  "completed",
  "failed",
  "compensating",
  "compensated",
  "skipped",
]);
export type StepState = z.infer<typeof StepState>;

/** A row of the timeline: a step with its attempts, and the compensation that undoes it. */
export const Step = z.object({
  name: z.string(),
  state: StepState,
  attempts: z.array(Attempt),
  compensation: z.object({ name: z.string(), attempts: z.array(Attempt) }).nullable(),
});
export type Step = z.infer<typeof Step>;

/** A consistency rule that the saga broke, with its evidence in a sentence. */
export const Breach = z.object({
  rule: BreachRule,
  step: z.string().nullable(),
  evidence: z.string(),
});
export type Breach = z.infer<typeof Breach>;

/** A residual effect: a step that is still done though it should be undone. */
export const Residual = z.object({
  step: z.string(),
  service: z.string().describe("The service that did it."),
  sinceMs: z.number().describe("When it was done first, in ms since the epoch, with fractions."),
  labels: z.record(z.string(), z.string()).describe("Those that the step's own completion carries: what is held."),
  undo: z
    .object({ name: z.string(), attempts: z.number().int(), failed: z.boolean(), error: Attempt.shape.error })
    .nullable()
    .describe("What was tried to undo it, and how the last try failed; null where nothing was."),
});
export type Residual = z.infer<typeof Residual>;

/** `GET /api/v1/sagas/{id}` */
export const SagaDetail = z.object({
  ...SagaSummary.shape,
  sentence: z.string().describe("The sentence under the head: generated from the facts."),
  plan: z.array(z.string()),
  steps: z.array(Step),
  breaches: z.array(Breach),
  residuals: z
    .array(Residual)
    .describe(
      "Of a saga that failed, that says it was undone, or that is overdue in undoing; in the order in which they were done.",
    ),
  events: z.array(SagaEventRow),
  eventsCut: z.boolean().describe("True where the saga has more events than are listed here."),
  traceIds: z.array(z.string()),
  outlook: Outlook,
  limit: SagaLimit.nullable(),
  ...Cost.shape,
});
export type SagaDetail = z.infer<typeof SagaDetail>;

/** `GET /api/v1/sagas/{id}/events`: a page of its events in time order, each id once. */
export const SagaEvents = z.object({
  events: z.array(SagaEventRow),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last."),
  ...Cost.shape,
});
export type SagaEvents = z.infer<typeof SagaEvents>;

/** What a saga's events say of a consistency rule, with the reason in a sentence. */
export const AuditedRule = z.object({
  rule: BreachRule,
  verdict: z
    .enum(["kept", "broken", "not_applicable"])
    .describe("`not_applicable`: nothing has happened yet that could break it."),
  evidence: z.string(),
});
export type AuditedRule = z.infer<typeof AuditedRule>;

/** `GET /api/v1/sagas/{id}/audit` */
export const SagaAudit = z.object({
  state: SagaState,
  rules: z.array(AuditedRule).describe("All rules there are."),
  residuals: z.array(Residual),
  events: z.number().int().describe("From how many events, each id once."),
  ...Cost.shape,
});
export type SagaAudit = z.infer<typeof SagaAudit>;

/** One span of a trace. */
export const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  kind: z.string(),
  service: z.string(),
  startMs: z.number().describe("ms since the epoch, with fractions."),
  durationMs: Milliseconds,
  status: z.enum(["Unset", "Ok", "Error"]),
  statusMessage: z.string(),
  attributes: z.record(z.string(), z.string()),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
});
export type Span = z.infer<typeof Span>;

/** `GET /api/v1/sagas/{id}/traces`: every span of every hop, in time order. */
export const SagaTraces = z.object({ spans: z.array(Span), cut: z.boolean(), ...Cost.shape });
export type SagaTraces = z.infer<typeof SagaTraces>;

export const LogRow = z.object({
  time: NanoMoment,
  severity: z.string(),
  service: z.string(),
  body: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  attributes: z.record(z.string(), z.string()),
});
export type LogRow = z.infer<typeof LogRow>;

/** `GET /api/v1/sagas/{id}/logs`: of the saga's traces and of its id, merged by time. */
export const SagaLogs = z.object({ logs: z.array(LogRow), cut: z.boolean(), ...Cost.shape });
export type SagaLogs = z.infer<typeof SagaLogs>;
