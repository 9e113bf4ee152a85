import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";

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
