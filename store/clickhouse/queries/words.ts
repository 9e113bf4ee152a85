import { type Sql, sql, strings } from "#lib/sql.ts";

/**
 * Whether `lower`, a text in lower case, has all words of `text`, A to Z in any case. Of `listedSagas` it is that of the labels' values and
 * the last error.
 */
export function hasWords(text: string, lower: Sql = sql`words`): Sql {
  const words = wordsOf(text);
  return words.length === 0 ? sql`0` : sql`hasAllTokens(${lower}, ${strings(words)})`;
}

/** As the store cuts such a text up: runs of ASCII letters and digits, and of whatever is not ASCII. */
export function wordsOf(text: string): string[] {
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return [...new Set(lower.split(/[\0-/:-@[-`{-\x7f]+/).filter((word) => word !== ""))];
}
