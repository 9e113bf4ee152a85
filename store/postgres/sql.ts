/** A statement whose every value is a parameter. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Value = string | number | boolean | Date | null | readonly string[];

/**
 * Builds a PostgreSQL statement: each hole becomes `$N` and a parameter. There is no way to put raw text in.
 *
 *     sql`SELECT name FROM alert_rules WHERE id = ${id}`
 */
export function sql(texts: TemplateStringsArray, ...values: readonly Value[]): Statement {
  const text = texts.reduce((before, after, index) => `${before}$${index}${after}`);
  return { text, values };
}

/** A moment, from ms since the epoch. */
export const moment = (ms: number): Date => new Date(ms);
