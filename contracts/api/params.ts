import { z } from "zod";
import { SagaId, Text, TraceId } from "#contracts/ids.ts";
import { otherMoments, sagaSorts, sagaStates, severities, usualComparison, verdicts } from "#contracts/words.ts";
import { AskedMoment, TimeRange } from "./answer.ts";
import { DeadLetterState } from "./dead-letters.ts";
import { ReleaseMetric } from "./releases.ts";
import { BreachRule, SagaState, SagaValueFacet, Verdict } from "./saga.ts";

/** A list that has one of it, or is left out, as a query has it. */
type Several<Item extends z.ZodType> = z.ZodType<z.output<Item>[], z.input<Item> | readonly z.input<Item>[]>;

/** `type=a&type=b`. */
const several = <Item extends z.ZodType>(item: Item) =>
  (z.preprocess((value) => [value].flat(), z.array(item).max(50)) as z.ZodType as Several<Item>).default([]);

/** `state=failed&state=running` or `state=failed,running`. */
const severalWords = <Item extends z.ZodType>(item: Item) =>
  (
    z.preprocess(
      (value) => [value].flat().flatMap((text) => String(text).split(",").filter(Boolean)),
      z.array(item).max(50),
    ) as z.ZodType as Several<Item>
  ).default([]);

const Name = Text.min(1).max(200);
/** As long as events may say. */
const Source = Text.min(1).max(500);
const SourceVersion = Text.min(1).max(601);
const Label = Text.min(2)
  .max(1101)
  .regex(/^[^=]+=/s, "wants key=value");

const Words = (
  z.preprocess(
    (value) => (value === "" ? undefined : value),
    Text.trim().max(256).optional(),
  ) as z.ZodType as z.ZodType<string | undefined, string>
).optional();

const caseOfWords =
  "A to Z are found in any case, other letters as they are written; what is not ASCII is part of a word.";

const Limit = z.coerce.number<number>().int().min(1).max(500).default(50).describe("At most so many of them.");
const page = {
  limit: Limit,
  cursor: z
    .string()
    .max(6000)
    .optional()
    .describe("`next` of the page before, in the same order; without it, the first page."),
};

export const NoParams = z.strictObject({});
export const RangeParams = z.strictObject(TimeRange.shape);

const Milliseconds = z.coerce.number<number>().min(0).max(1e15).optional();
const AtLeastMs = (what: string) =>
  Milliseconds.describe(`Milliseconds, inclusive: ${what} that took at least so long.`);
const LessThanMs = (what: string) => Milliseconds.describe(`Milliseconds, exclusive: ${what} that took less.`);

const AsOf = AskedMoment.optional().describe(
  "A moment of the past, ISO 8601 with a zone, from 2000 on: the answer is as it was then. Now by default.",
);
const OfSaga = SagaId.describe("The saga's id: `correlationid` of its events.");
export const SagaParams = z.strictObject({ id: OfSaga });
export const SagaAtParams = z.strictObject({ id: OfSaga, at: AsOf });
export const SagaEventsParams = z.strictObject({ id: OfSaga, ...page });
export const CompareParams = z.strictObject({
  id: OfSaga,
  with: z
    .union([z.literal("typical"), SagaId])
    .default("typical")
    .describe("Another saga's id, or `typical` for the typical run of its type."),
});
export const TraceParams = z.strictObject({
  id: TraceId.describe("The trace's id: 32 lower-case hexadecimal digits, not all zero."),
});
export const SearchParams = z.strictObject({
  q: Text.trim()
    .min(1)
    .max(256)
    .regex(/\S/)
    .describe("A saga's id or its beginning, a trace id, a label's value, or words of an error."),
});
export const DefinitionParams = z.strictObject({
  ...TimeRange.shape,
  id: Name.describe("The type's name: `sagatype` of its sagas' events."),
  version: Text.max(100).optional().describe("Only sagas of this version of the type; of all by default."),
});
export const LatencyParams = z.strictObject({
  ...TimeRange.shape,
  type: Name.optional().describe("Only sagas of this type; of all by default."),
  step: Name.optional().describe("How long attempts at this step took; whole sagas by default."),
});

/** What narrows a list of sagas. */
export const SagaFilterParams = z.strictObject({
  ...TimeRange.shape,
  state: severalWords(SagaState).describe("Any of these states, repeated or by comma; all by default."),
  verdict: severalWords(Verdict).describe("Any of these verdicts, repeated or by comma."),
  rule: severalWords(BreachRule).describe("Inconsistent by any of these rules, repeated or by comma."),
  when: z
    .enum(otherMoments)
    .optional()
    .describe("`ended`: the sagas that ended within the time; by default those that started in it."),
  type: several(Name).describe("Of any of these types."),
  version: several(Name).describe("Of any of these versions of the saga's definition, as its events name it."),
  service: several(Source).describe("With an event from any of these services, without `/services/`."),
  serviceVersion: several(SourceVersion).describe(
    "With an event from any of these versions of services: `service@version`.",
  ),
  error: several(Name).describe("Whose last error has any of these codes."),
  fingerprint: severalWords(z.string().regex(/^[0-9a-f]{16}$/, "wants the 16 hex digits that /errors gives")).describe(
    "That met any of these errors, repeated or by comma: 16 hexadecimal digits each, as `/errors` gives them.",
  ),
  step: several(Text.max(200)).describe(
    "That reached any of these steps; together with `error`, whose last error was in one of them, or in none where it is empty.",
  ),
  waitsIn: several(Name).describe("That are open, and of whose steps and compensations any of these spoke last."),
  failedStep: several(Name).describe("In which any of these steps failed, once at least."),
  residual: several(Name).describe("That have left any of these steps done though it should be undone."),
  minMs: AtLeastMs("of sagas that have ended, those; together with `step`, of attempts at it that have, those"),
  maxMs: LessThanMs("of sagas that have ended, those; together with `step`, of attempts at it that have, those"),
  label: several(Label).describe("Labels, `key=value`, all of which must hold."),
  q: Words.describe(
    `Free text: a saga's id or its beginning, a trace id, or words of labels and of the newest error, all of them whole. ${caseOfWords}`,
  ),
});

export const SagaListParams = z.strictObject({
  ...SagaFilterParams.shape,
  at: AsOf,
  ...page,
  sort: z
    .templateLiteral([z.enum(sagaSorts), z.enum(["", ".asc", ".desc"])])
    .default("started")
    .describe(
      `What to sort by, the newest, longest or largest first; \`.asc\` turns it round. One of ${sagaSorts.join(", ")}. States come in the order ${sagaStates.join(", ")}, verdicts in none, ${verdicts.join(", ")}, both. ` +
        "`label` is the first that a list shows. A saga that has not ended, has no deadline, step, error, subject or label is the largest by it. Equal ones go by their start, then by id.",
    ),
});

export const SagaValuesParams = z.strictObject({
  ...SagaFilterParams.shape,
  at: AsOf,
  facet: SagaValueFacet.describe("The filter whose values are counted."),
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(500)
    .default(100)
    .describe("How many values at most, the most frequent."),
});

export const PipelineParams = z.strictObject({
  ...TimeRange.shape,
  at: AsOf.describe(
    "A moment of the past, from 2000 on: `lag` is then how many saga events had happened at it (`time`, the services' clocks) and were stored later (the store's clock), each counted once, " +
      "with the messages that died later (Kafka's time), and `oldestWaiting` how old the oldest of them was, exactly. To the millisecond, of what is still stored. " +
      "What only Kafka or the present knows is null or empty: offsets, what came in, newest times, `balance`, `tables`. Now by default.",
  ),
});

export const DifferencesParams = z.strictObject({ ...SagaFilterParams.shape, limit: Limit });

export const DeadLetterListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  state: severalWords(DeadLetterState).describe("In any of these states, repeated or by comma; all by default."),
  reason: severalWords(Name).describe("Dead for any of these reasons, repeated or by comma."),
  topic: severalWords(Name).describe("From any of these topics, repeated or by comma."),
});
export const DeadLetterParams = z.strictObject({
  id: Text.max(300).describe("`topic:partition:offset` of the letter's first try."),
});

export const LogListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  q: Words.describe(`Words of the body, all of which it must have, whole, in any order. ${caseOfWords}`),
  service: several(Name).describe("From any of these services."),
  severity: z.enum(severities).optional().describe("At least as grave as this; also those without any by default."),
  traceId: TraceId.optional().describe("Only lines of this trace: 32 lower-case hexadecimal digits."),
  sagaId: SagaId.optional().describe("Only lines that name this saga, and those of its traces."),
  attribute: several(Label).describe("The line's own attributes, `key=value`, all of which it must have."),
});

export const TraceListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  service: several(Name).describe(
    "With a span of any of these services; the same span has `operation` and `attribute`.",
  ),
  operation: several(Text.min(1).max(1000)).describe("With a span of any of these names."),
  attribute: several(Label).describe("With a span that has all of these attributes, `key=value`."),
  minMs: AtLeastMs("whole traces"),
  maxMs: LessThanMs("whole traces"),
  status: z.enum(["ok", "error"]).optional().describe("`error`: a span of the trace failed; `ok`: none did."),
});

/** How the two versions are to be compared; every one has a default. */
const comparisonRules = {
  metric: severalWords(ReleaseMetric)
    .transform((metrics) => (metrics.length > 0 ? [...new Set(metrics)] : ReleaseMetric.options))
    .describe("What to compare, repeated or by comma; all of it by default."),
  alpha: z.coerce
    .number<number>()
    .min(0.0001)
    .max(0.5)
    .default(usualComparison.alpha)
    .describe("The chance, from 0 to 1, of a false `fail`, and of a false `pass`, over all looks together."),
  margin: z.coerce
    .number<number>()
    .min(0.0001)
    .max(1)
    .default(usualComparison.margin)
    .describe(
      "By how much more of its sagas, as a share from 0 to 1, the canary may fail or compensate and still pass.",
    ),
  slowMargin: z.coerce
    .number<number>()
    .min(0.0001)
    .max(1)
    .default(usualComparison.slowMargin)
    .describe("By how much more of them, as a share from 0 to 1, may take longer than the baseline's p95."),
  fewest: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(1_000_000)
    .default(usualComparison.fewest)
    .describe("Sagas of each version without which there is no result."),
  /** In ms. */
  settle: z
    .string()
    .regex(
      /^(([1-9]\d{0,3}|[1-7]\d{4}|8[0-5]\d{3}|86[0-3]\d{2}|86400)s|([1-9]\d{0,2}|1[0-3]\d{2}|14[0-3]\d|1440)m|([1-9]|1\d|2[0-4])h)$/,
      "wants a number and s, m or h, as in 90s, of a day at most",
    )
    .transform((text) => Number(text.slice(0, -1)) * (settleUnitMs[text.slice(-1)] ?? 0))
    .optional()
    .describe(
      "The age at which a saga is judged, as `90s`, `5m` or `1h`, `24h` at most; the baseline's p99 by default.",
    ),
};
const settleUnitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

export const ErrorsParams = z.strictObject({
  ...TimeRange.shape,
  type: several(Name).describe("Met by sagas of any of these types."),
  step: several(Text.max(200)).describe("In any of these steps."),
  error: several(Name).describe("With any of these codes."),
  limit: Limit,
});

const Service = Name.optional().describe(
  "The service of which versions are compared; by default versions of the saga's own definition are.",
);
const AutoVersion = "; by default the two newest are compared.";
export const ReleasesParams = z.strictObject({
  ...TimeRange.shape,
  type: Name.optional().describe("Only of sagas of this type; of all by default, and then nothing is compared."),
  service: Service,
  baseline: Name.optional().describe(`The version to compare with${AutoVersion}`),
  canary: Name.optional().describe(`The version to judge${AutoVersion}`),
  ...comparisonRules,
});
export const ReleaseVerdictParams = z.strictObject({
  type: Name.describe("The type of the sagas that are compared."),
  service: Service,
  baseline: Name.describe("The version to compare with."),
  canary: Name.describe("The version to judge; of the baseline itself nothing is ever known: `inconclusive`."),
  since: AskedMoment.optional().describe(
    "When the canary began, ISO 8601 with a zone, 7 days ago at most; by default with its first saga of the last 24 hours.",
  ),
  ...comparisonRules,
});
