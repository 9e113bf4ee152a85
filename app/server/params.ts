import { z } from "zod";
import { TimeRange } from "#contracts/api/answer.ts";
import { DeadLetterState } from "#contracts/api/dead-letters.ts";
import { SagaState, Verdict } from "#contracts/api/saga.ts";
import { SagaId, Text, TraceId } from "#contracts/ids.ts";
import { otherMoments } from "#contracts/words.ts";
import { SagascopeError } from "#lib/errors.ts";
import { sortFields } from "#store/clickhouse/queries/list-sagas.ts";

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

export const NoParams = z.strictObject({});
export const RangeParams = z.strictObject(TimeRange.shape);
export const SagaParams = z.strictObject({ id: SagaId });
export const TraceParams = z.strictObject({ id: TraceId });
export const SearchParams = z.strictObject({ q: Text.trim().min(1).max(256) });
export const DefinitionParams = z.strictObject({ ...TimeRange.shape, id: Name, version: Text.max(100).optional() });
export const LatencyParams = z.strictObject({ ...TimeRange.shape, type: Name.optional(), step: Name.optional() });
export const SagaListParams = z.strictObject({
  ...TimeRange.shape,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional(),
  state: severalWords(SagaState),
  verdict: severalWords(Verdict),
  /** `ended`: the sagas that ended within the time, not those that started in it. */
  when: z.enum(otherMoments).optional(),
  type: several(Name),
  /** Codes of the last error. */
  error: several(Name),
  /** Sagas that reached this step; together with `error`, whose last error was in it, or in none where it is empty. */
  step: several(Text.max(200)),
  /** `key=value`, all of which must hold. */
  label: several(Label),
  /** Free text: a saga's id or its beginning, a trace id, a label's value, an error. */
  q: z.preprocess((value) => (value === "" ? undefined : value), Text.trim().max(256).optional()),
  /** `started`, `duration` or `lastEvent`, newest or longest first; `.asc` turns it round. */
  sort: z.templateLiteral([z.enum(sortFields), z.enum(["", ".asc", ".desc"])]).default("started"),
});

export const DeadLetterListParams = z.strictObject({
  ...TimeRange.shape,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional(),
  state: severalWords(DeadLetterState),
  reason: severalWords(Name),
  topic: severalWords(Name),
});
export const DeadLetterParams = z.strictObject({ id: Text.max(300) });

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
