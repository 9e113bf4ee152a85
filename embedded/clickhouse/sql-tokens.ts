/** A lexical token of ClickHouse SQL, as byte offsets into the statement: `[start, end)`. */
export interface Token {
  readonly kind: "word" | "quoted" | "string" | "punctuation";
  readonly start: number;
  readonly end: number;
}

const LF = 0x0a;
const BACKSLASH = 0x5c;
const SINGLE_QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKTICK = 0x60;
const DOLLAR = 0x24;
const DASH = 0x2d;
const HASH = 0x23;
const SLASH = 0x2f;
const STAR = 0x2a;
const BANG = 0x21;
const SPACE = 0x20;

/** White space as ClickHouse's lexer has it: ASCII's own, and the UTF-8 forms of the no-break space and the byte order mark. */
function spaceLength(sql: Uint8Array, at: number): number {
  const byte = sql[at];
  if (byte === SPACE || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)) return 1;
  if (byte === 0xc2 && sql[at + 1] === 0xa0) return 2;
  if (byte === 0xef && sql[at + 1] === 0xbb && sql[at + 2] === 0xbf) return 3;
  return 0;
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === DOLLAR;
}

/** The end of what `quote` opened at `start`: a doubled quote and a backslash do not end it; unclosed runs to the end. */
function quotedEnd(sql: Uint8Array, start: number, quote: number): number {
  let at = start + 1;
  while (at < sql.length) {
    const byte = sql[at];
    if (byte === BACKSLASH) at += 2;
    else if (byte !== quote) at += 1;
    else if (sql[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return sql.length;
}

/** The end of a comment that starts at `at`, or `at` where none does. */
function commentEnd(sql: Uint8Array, at: number): number {
  const [first, second] = [sql[at], sql[at + 1]];
  const isLine = (first === DASH && second === DASH) || (first === HASH && (second === SPACE || second === BANG));
  if (isLine) {
    const end = sql.indexOf(LF, at);
    return end === -1 ? sql.length : end + 1;
  }
  if (first !== SLASH || second !== STAR) return at;
  let end = at + 2;
  while (end < sql.length && !(sql[end] === STAR && sql[end + 1] === SLASH)) end += 1;
  return Math.min(end + 2, sql.length);
}

/** The end of a here-document (`$tag$ … $tag$`) that starts at `at`, or `at` where none does. */
function heredocEnd(sql: Uint8Array, at: number): number {
  let tagEnd = at + 1;
  while (isWordByte(sql[tagEnd]) && sql[tagEnd] !== DOLLAR) tagEnd += 1;
  if (sql[tagEnd] !== DOLLAR) return at;
  const tag = Buffer.from(sql.buffer, sql.byteOffset + at, tagEnd + 1 - at);
  const close = Buffer.from(sql.buffer, sql.byteOffset, sql.length).indexOf(tag, tagEnd + 1);
  return close === -1 ? at : close + tag.length;
}

/** The typographic quotes ‘…’ and “…” that ClickHouse reads as ' and ". */
function curlyEnd(sql: Uint8Array, at: number): { kind: "string" | "quoted"; end: number } | undefined {
  if (sql[at] !== 0xe2 || sql[at + 1] !== 0x80) return undefined;
  const open = sql[at + 2];
  if (open !== 0x98 && open !== 0x9c) return undefined;
  const whole = Buffer.from(sql.buffer, sql.byteOffset, sql.length);
  const close = whole.indexOf(Buffer.from([0xe2, 0x80, open + 1]), at + 3);
  return { kind: open === 0x98 ? "string" : "quoted", end: close === -1 ? sql.length : close + 3 };
}

function tokenAt(sql: Uint8Array, start: number): Token {
  const byte = sql[start];
  if (byte === SINGLE_QUOTE) return { kind: "string", start, end: quotedEnd(sql, start, byte) };
  if (byte === DOUBLE_QUOTE || byte === BACKTICK) return { kind: "quoted", start, end: quotedEnd(sql, start, byte) };
  const curly = curlyEnd(sql, start);
  if (curly !== undefined) return { kind: curly.kind, start, end: curly.end };
  if (byte === DOLLAR) {
    const end = heredocEnd(sql, start);
    if (end > start) return { kind: "string", start, end };
  }
  let end = start;
  while (isWordByte(sql[end])) end += 1;
  return end > start ? { kind: "word", start, end } : { kind: "punctuation", start, end: start + 1 };
}

/** The tokens of `sql` (UTF-8) from byte `from` on, read lazily: comments and white space are left out, never an error. */
export function* tokensOf(sql: Uint8Array, from = 0): Generator<Token, void, undefined> {
  let at = from;
  while (at < sql.length) {
    const space = spaceLength(sql, at);
    const next = space > 0 ? at + space : commentEnd(sql, at);
    if (next > at) {
      at = next;
      continue;
    }
    const token = tokenAt(sql, at);
    yield token;
    at = token.end;
  }
}

/** The token's text; a word in upper case, so that keywords compare. */
export function textOf(sql: Uint8Array, token: Token): string {
  const text = Buffer.from(sql.buffer, sql.byteOffset + token.start, token.end - token.start).toString();
  return token.kind === "word" ? text.toUpperCase() : text;
}
