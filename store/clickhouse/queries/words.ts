import { type Sql, sql, strings } from "#lib/sql.ts";

/** Whether a row of `listedSagas` has all words of `text` among its labels' values and in its last error, in any case. */
export function hasWords(text: string): Sql {
  const words = wordsOf(text);
  return words.length === 0 ? sql`0` : sql`hasAllTokens(words, ${strings(words)})`;
}

/** As the store cuts `words` up: runs of ASCII letters and digits, and of whatever is not ASCII. */
export function wordsOf(text: string): string[] {
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return [...new Set(lower.split(/[\0-/:-@[-`{-\x7f]+/).filter((word) => word !== ""))];
}
