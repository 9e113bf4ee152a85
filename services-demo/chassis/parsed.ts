import type { z } from "zod";

/** A request that is refused: Fastify answers with its status and message. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The value as the schema wants it, or a 400 that names each field that is wrong. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const reasons = result.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new Refusal(400, reasons.join("; "));
}
