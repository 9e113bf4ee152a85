import type { z } from "zod";
import { SagascopeError } from "./errors.ts";

/**
 * Parses a process's settings, once, in its `main.ts`.
 * An empty variable counts as unset. Throws `BAD_SETTING` with a line for each wrong setting.
 */
export function parseSettings<S extends z.ZodType>(schema: S, env: Record<string, string | undefined>): z.output<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new SagascopeError("BAD_SETTING", `Some settings are wrong or missing:\n  ${lines.join("\n  ")}`);
}
