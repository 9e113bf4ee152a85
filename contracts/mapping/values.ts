import { z } from "zod";
import { BadTemplate, parsePath, parseReference, parseTemplate, type Reference, type Template } from "./template.ts";

const Scalar = z.union([z.string().min(1), z.number(), z.boolean()], "wants text, a number, true or false");

/** Runs `parse`, and makes an issue of the schema of what it refuses. */
function tried<T>(parse: () => T, context: z.core.$RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof BadTemplate)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return z.NEVER;
  }
}

const TemplateText = Scalar.transform((given, context) => tried(() => parseTemplate(String(given)), context));

/** One or several of it, always as a list. */
const listOf = <T>(item: z.ZodType<T>) =>
  z
    .unknown()
    .transform((given, context): readonly T[] =>
      Array.isArray(given) ? adopted(z.array(item).min(1).max(100), given, context) : [adopted(item, given, context)],
    );

/** One template or several: the first that gives something counts. */
export const Value = listOf<Template>(TemplateText);
export type Value = z.output<typeof Value>;

/** A path into the message's value, for what is kept as JSON. */
export const Path = z.string().transform((given, context) => tried(() => parsePath(given), context));

/** What a reference has to be for a rule to apply. */
export interface Condition {
  readonly written: string;
  readonly reference: Reference;
  readonly expected:
    | { readonly kind: "one of"; readonly texts: readonly string[]; readonly negated: boolean }
    | { readonly kind: "exists"; readonly exists: boolean };
}

const Texts = listOf<string>(Scalar.transform(String));

const Expected = z.unknown().transform((given, context): Condition["expected"] => {
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  if (!isObject) return { kind: "one of", texts: adopted(Texts, given, context), negated: false };
  if ("exists" in given) return { kind: "exists", ...adopted(z.strictObject({ exists: z.boolean() }), given, context) };
  const { not } = adopted(z.strictObject({ not: Texts }), given, context);
  return { kind: "one of", texts: not, negated: true };
});

/** What another schema makes of a value; its issues become this one's. */
function adopted<S extends z.ZodType>(schema: S, given: unknown, context: z.core.$RefinementCtx): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: "custom", message, path: [...path] });
  return z.NEVER;
}

/** `{$.type: OrderCreated, header:region: [eu, us], $.error: {exists: false}}`: all of it has to be so. */
export const When = z.record(z.string(), Expected).transform((conditions, context): readonly Condition[] =>
  Object.entries(conditions).map(([written, expected]) => ({
    written,
    reference: tried(() => parseReference(written), context),
    expected,
  })),
);
