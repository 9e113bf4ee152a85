import { type Token, textOf, tokensOf } from "./sql-tokens.ts";

/** What a request's SQL is, as far as it decides how the engine must be called. */
export type Statement =
  | {
      /** `INSERT … FORMAT x` or `INSERT … VALUES`, whose rows follow the statement. */
      readonly kind: "insert";
      /** The statement up to where `FROM INFILE` belongs. */
      readonly target: string;
      /** `SETTINGS …` between target and format, or empty. */
      readonly settings: string;
      readonly format: string;
      /** Where the rows start, in bytes. */
      readonly dataStart: number;
    }
  | {
      /** `INSERT … SELECT … FROM input('structure') FORMAT x`: the rows are read through `input`. */
      readonly kind: "insert-select-input";
      /** The statement up to and after the words `input(`. */
      readonly before: string;
      readonly after: string;
      readonly format: string;
      readonly dataStart: number;
    }
  | {
      readonly kind: "plain";
      readonly verb: string;
      /** The `FORMAT` that the statement names. */
      readonly format: string | undefined;
      /** Whether it has `INTO OUTFILE` or `FROM INFILE`, which name files of the server. */
      readonly touchesFiles: boolean;
      /** Where `INTO OUTFILE` may be put in, in bytes. */
      readonly outfileAt: number;
    }
  | { readonly kind: "empty" }
  /** More than one statement: `at` is the byte where the second starts. */
  | { readonly kind: "many"; readonly at: number };

interface Word extends Token {
  readonly text: string;
  readonly depth: number;
}

/** The tokens with their text and how deep in brackets they stand, up to `limit` or the end. */
function* wordsOf(sql: Uint8Array): Generator<Word, void, undefined> {
  let depth = 0;
  for (const token of tokensOf(sql)) {
    const text = textOf(sql, token);
    if (token.kind === "punctuation" && (text === ")" || text === "]" || text === "}")) depth -= 1;
    yield { ...token, text, depth };
    if (token.kind === "punctuation" && (text === "(" || text === "[" || text === "{")) depth += 1;
  }
}

const text = (sql: Uint8Array, start: number, end: number) =>
  Buffer.from(sql.buffer, sql.byteOffset + start, end - start).toString();

/** Rows start after blanks and at most one line break, as ClickHouse reads them. */
function dataStartAfter(sql: Uint8Array, end: number): number {
  let at = end;
  while (sql[at] === 0x20 || sql[at] === 0x09 || sql[at] === 0x0c) at += 1;
  if (sql[at] === 0x0d) at += 1;
  if (sql[at] === 0x0a) at += 1;
  return at;
}

/** How many words of `INSERT [INTO] [TABLE] [FUNCTION] name[.name]` stand before the first clause. */
function afterTarget(words: readonly Word[]): number {
  let at = 1;
  if (words[at]?.text === "INTO") at += 1;
  const isName = (word: Word | undefined) => word?.kind === "word" || word?.kind === "quoted";
  for (const optional of ["TABLE", "FUNCTION"]) {
    if (words[at]?.text === optional && isName(words[at + 1])) at += 1;
  }
  at += 1;
  while (words[at]?.text === "." && isName(words[at + 1])) at += 2;
  return at;
}

const isClause = (word: Word, name: string) => word.kind === "word" && word.depth === 0 && word.text === name;

/** Reads an INSERT's head from tokens gathered so far; `undefined` while the head goes on. */
function insertAt(
  sql: Uint8Array,
  words: readonly Word[],
  word: Word,
  following: () => Word | undefined,
): Statement | undefined {
  const isValues = isClause(word, "VALUES");
  if (!isValues && !isClause(word, "FORMAT")) return undefined;
  const name = isValues ? undefined : following();
  if (!isValues && name?.kind !== "word") return undefined;
  const format = name === undefined ? "Values" : text(sql, name.start, name.end);
  const dataStart = name === undefined ? word.end : dataStartAfter(sql, name.end);
  const clauses = words.slice(afterTarget(words));
  if (clauses.some((clause) => isClause(clause, "SELECT") || isClause(clause, "WITH"))) {
    const input = clauses.findIndex((clause, at) => clause.text === "INPUT" && clauses[at + 1]?.text === "(");
    const [call, bracket] = [clauses[input], clauses[input + 1]];
    if (input === -1 || call === undefined || bracket === undefined) return undefined;
    const before = text(sql, 0, call.start);
    return { kind: "insert-select-input", before, after: text(sql, bracket.end, word.start), format, dataStart };
  }
  if (clauses.some((clause) => isClause(clause, "INFILE"))) return undefined;
  const settings = clauses.find((clause) => isClause(clause, "SETTINGS"));
  const end = settings?.start ?? word.start;
  return { kind: "insert", target: text(sql, 0, end), settings: text(sql, end, word.start), format, dataStart };
}

/** The last `FORMAT name` outside brackets that is a clause: what follows it is the end, `SETTINGS` or `INTO`. */
function formatOf(sql: Uint8Array, words: readonly Word[]): { name: string; at: number } | undefined {
  for (let at = words.length - 2; at > 0; at -= 1) {
    const [word, name, next] = [words[at], words[at + 1], words[at + 2]];
    if (word === undefined || name === undefined || !isClause(word, "FORMAT") || name.kind !== "word") continue;
    if (words[at - 1]?.text === "." || words[at - 1]?.text === ",") continue;
    if (next === undefined || next.text === ";" || isClause(next, "SETTINGS") || isClause(next, "INTO")) {
      return { name: text(sql, name.start, name.end), at: word.start };
    }
  }
  return undefined;
}

/**
 * Says what the SQL of a request (UTF-8, for an insert with at least the statement's head) is.
 * Only the head of an insert is read, so rows may be anything.
 */
export function readStatement(sql: Uint8Array): Statement {
  const words: Word[] = [];
  const source = wordsOf(sql);
  const next = () => source.next().value ?? undefined;
  for (let word = next(); word !== undefined; word = next()) {
    if (words[0]?.text === "INSERT" && words.length >= afterTarget(words)) {
      const held: Word[] = [];
      const insert = insertAt(sql, words, word, () => {
        const following = next();
        if (following !== undefined) held.push(following);
        return following;
      });
      if (insert !== undefined) return insert;
      words.push(word, ...held);
      continue;
    }
    if (words.at(-1)?.text === ";" && word.text !== ";") return { kind: "many", at: word.start };
    words.push(word);
  }
  return plainOf(sql, words);
}

function plainOf(sql: Uint8Array, words: readonly Word[]): Statement {
  const verb = words.find((word) => word.text !== "(" && word.text !== ";");
  if (verb === undefined) return { kind: "empty" };
  const touchesFiles = words.some(
    (word, at) =>
      (isClause(word, "OUTFILE") && words[at - 1]?.text === "INTO") ||
      (isClause(word, "INFILE") && words[at - 1]?.text === "FROM"),
  );
  const format = formatOf(sql, words);
  const end = words.findLast((word) => word.text !== ";")?.end ?? sql.length;
  return { kind: "plain", verb: verb.text, format: format?.name, touchesFiles, outfileAt: format?.at ?? end };
}
