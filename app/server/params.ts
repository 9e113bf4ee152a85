import { z } from "zod";
import { TimeRange } from "#contracts/api/answer.ts";
import { DeadLetterState } from "#contracts/api/dead-letters.ts";
import { ReleaseMetric } from "#contracts/api/releases.ts";
import { BreachRule, SagaState, SagaValueFacet, Verdict } from "#contracts/api/saga.ts";
import { SagaId, Text, TraceId } from "#contracts/ids.ts";
import { otherMoments, sagaSorts, sagaStates, severities, verdicts } from "#contracts/words.ts";
import { SagascopeError } from "#lib/errors.ts";
import { usualRules } from "#sagas/releases/compare-releases.ts";

const several = <Item extends z.ZodType>(item: Item, most = 50) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(item).max(most));

/** `state=failed&state=running` or `state=failed,running`. */
const severalWords = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (value === undefined ? [] : [value].flat().flatMap((text) => String(text).split(",").filter(Boolean))),
    z.array(item).max(50),
  );

const Name = Text.min(1).max(200);
const Label = Text.min(3)
  .max(1101)
  .regex(/^[^=]+=/s, "wants key=value");

const Words = z.preprocess((value) => (value === "" ? undefined : value), Text.trim().max(256).optional());
const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(6000).optional(),
};

export const NoParams = z.strictObject({});
export const RangeParams = z.strictObject(TimeRange.shape);
const Milliseconds = z.coerce.number().min(0).max(1e15).optional();

const AsOf = z.iso.datetime({ offset: true }).optional().describe("A moment of the past: the answer is as it was then");
export const SagaParams = z.strictObject({ id: SagaId });
export const SagaAtParams = z.strictObject({ id: SagaId, at: AsOf });
export const SagaEventsParams = z.strictObject({ id: SagaId, ...page });
/** `with`: another saga's id, or `typical` for the typical run of its type. */
export const CompareParams = z.strictObject({
  id: SagaId,
  with: z.union([z.literal("typical"), SagaId]).default("typical"),
});
export const TraceParams = z.strictObject({ id: TraceId });
export const SearchParams = z.strictObject({ q: Text.trim().min(1).max(256) });
export const DefinitionParams = z.strictObject({ ...TimeRange.shape, id: Name, version: Text.max(100).optional() });
export const LatencyParams = z.strictObject({ ...TimeRange.shape, type: Name.optional(), step: Name.optional() });
/** What narrows a list of sagas. */
export const SagaFilterParams = z.strictObject({
  ...TimeRange.shape,
  state: severalWords(SagaState),
  verdict: severalWords(Verdict),
  /** Rules by which a saga is inconsistent. */
  rule: severalWords(BreachRule),
  /** `ended`: the sagas that ended within the time, not those that started in it. */
  when: z.enum(otherMoments).optional(),
  type: several(Name),
  /** Of the saga, as its events name it. */
  version: several(Name),
  /** A service that an event came from, without `/services/`. */
  service: several(Name),
  /** `service@version`. */
  serviceVersion: several(Name),
  /** Codes of the last error. */
  error: several(Name),
  /** Of `/errors`: sagas that met one of these. */
  fingerprint: severalWords(z.string().regex(/^[0-9a-f]{16}$/, "wants the 16 hex digits that /errors gives")),
  /** Sagas that reached this step; together with `error`, whose last error was in it, or in none where it is empty. */
  step: several(Text.max(200)),
  waitsIn: several(Name).describe("That are open, and of whose steps and compensations any of these spoke last."),
  /** Steps that failed, once at least. */
  failedStep: several(Name),
  /** Sagas that have left any of these steps done though it should be undone. */
  residual: several(Name),
  /** From (inclusive) and to (exclusive): of whole sagas that have ended; together with `step`, of an attempt at it that has. */
  minMs: Milliseconds,
  maxMs: Milliseconds,
  /** `key=value`, all of which must hold. */
  label: several(Label),
  /** Free text: a saga's id or its beginning, a trace id, a label's value, an error. */
  q: Words,
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
  limit: z.coerce.number().int().min(1).max(500).default(100).describe("How many values at most, the most frequent."),
});

export const PipelineParams = z.strictObject({
  ...TimeRange.shape,
  at: AsOf.describe(
    "A moment of the past: `lag` is then how many saga events had happened at it (`time`, the services' clocks) and were stored later (the store's clock), each counted once, " +
      "with the messages that died later (Kafka's time), and `oldestWaiting` how old the oldest of them was, exactly. To the millisecond, of what is still stored. " +
      "What only Kafka or the present knows is null or empty: offsets, what came in, newest times, `balance`, `tables`",
  ),
});

export const DifferencesParams = z.strictObject({
  ...SagaFilterParams.shape,
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const DeadLetterListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  state: severalWords(DeadLetterState),
  reason: severalWords(Name),
  topic: severalWords(Name),
});
export const DeadLetterParams = z.strictObject({ id: Text.max(300) });

export const LogListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  /** Words of the body, all of which it must have. */
  q: Words,
  service: several(Name),
  /** At least as grave as this. */
  severity: z.enum(severities).optional(),
  traceId: TraceId.optional(),
  sagaId: SagaId.optional(),
  /** `key=value` of the line's own attributes, all of which it must have. */
  attribute: several(Label),
});

export const TraceListParams = z.strictObject({
  ...TimeRange.shape,
  ...page,
  /** One span must be of one of the services, have one of the names, and all attributes (`key=value`). */
  service: several(Name),
  operation: several(Text.min(1).max(1000)),
  attribute: several(Label),
  /** From (inclusive) and to (exclusive): of whole traces. */
  minMs: Milliseconds,
  maxMs: Milliseconds,
  /** `error`: a span of the trace failed; `ok`: none did. */
  status: z.enum(["ok", "error"]).optional(),
});

/** How the two versions are to be compared; every one has a default. */
const comparisonRules = {
  metric: severalWords(ReleaseMetric).transform((metrics) =>
    metrics.length > 0 ? [...new Set(metrics)] : ReleaseMetric.options,
  ),
  /** The chance of a false `fail`, and of a false `pass`, over all looks together. */
  alpha: z.coerce.number().min(0.0001).max(0.5).default(usualRules.alpha),
  /** By how much more of its sagas the canary may fail or compensate and still pass. */
  margin: z.coerce.number().min(0.0001).max(1).default(usualRules.margin),
  /** By how much more of them may take longer than the baseline's p95. */
  slowMargin: z.coerce.number().min(0.0001).max(1).default(usualRules.slowMargin),
  /** Sagas of each version without which there is no result. */
  fewest: z.coerce.number().int().min(1).max(1_000_000).default(usualRules.fewest),
  /** The age at which a saga is judged, as `90s`, `5m` or `1h`; by default the baseline's p99. In ms. */
  settle: z
    .string()
    .regex(/^[1-9][0-9]{0,4}[smh]$/, "wants a number and s, m or h, as in 90s")
    .transform((text) => Number(text.slice(0, -1)) * (settleUnitMs[text.slice(-1)] ?? 0))
    .pipe(z.number().max(24 * 3_600_000, "may be 24h at most"))
    .optional(),
};
const settleUnitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

export const ErrorsParams = z.strictObject({
  ...TimeRange.shape,
  type: several(Name),
  step: several(Text.max(200)),
  /** Codes. */
  error: several(Name),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const ReleasesParams = z.strictObject({
  ...TimeRange.shape,
  type: Name.optional(),
  /** Without one, versions of the saga's own definition are compared. */
  service: Name.optional(),
  baseline: Name.optional(),
  canary: Name.optional(),
  ...comparisonRules,
});
export const ReleaseVerdictParams = z.strictObject({
  type: Name,
  service: Name.optional(),
  baseline: Name,
  canary: Name,
  /** When the canary began; by default with its first saga of the last 24 hours. */
  since: z.iso.datetime({ offset: true }).optional(),
  ...comparisonRules,
});

/** A query string as an object: one value a name as text, several as a list. */
export function readQuery(search: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

/** Parses a question's parameters; throws `BAD_REQUEST` with what is wrong with each. */
export function parseParams<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(", ") : "";
  const lines = parsed.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys")
      return `${issue.keys.join(", ")}: not known here; known are ${known || "none"}.`;
    return `${issue.path.join(".") || "query"}: ${issue.message}.`;
  });
  throw new SagascopeError("BAD_REQUEST", lines.join(" "));
}
