/** A value together with the ClickHouse type it is sent as. */
export interface Hole {
  readonly type: string;
  readonly value: unknown;
}

/** A query whose every value is a server-side parameter. */
export interface Sql {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const hole =
  (type: string) =>
  (value: unknown): Hole => ({ type, value });

export const string = (value: string): Hole => hole("String")(value);
export const strings = (value: readonly string[]): Hole => hole("Array(String)")(value);
export const uint8 = (value: number): Hole => hole("UInt8")(value);
export const uint32 = (value: number): Hole => hole("UInt32")(value);
export const uint64 = (value: number | bigint): Hole => hole("UInt64")(String(value));
export const int64 = (value: number | bigint): Hole => hole("Int64")(String(value));
export const int64s = (value: readonly number[]): Hole => hole("Array(Int64)")(value);
export const uint64s = (value: readonly bigint[]): Hole => hole("Array(UInt64)")(value);
export const float64 = (value: number): Hole => hole("Float64")(value);
/** A moment, from ms since the epoch, kept to the millisecond. */
export const moment = (ms: number): Hole => hole("DateTime64(3, 'UTC')")((ms / 1000).toFixed(3));

/** A moment, from RFC 3339 text in UTC, kept to the nanosecond. */
export const nanoMoment = (time: string): Hole => hole("DateTime64(9, 'UTC')")(time.slice(0, -1).replace("T", " "));

/** Moments, each as `moment`. */
export const moments = (ms: readonly number[]): Hole =>
  hole("Array(DateTime64(3, 'UTC'))")(ms.map((one) => new Date(one).toISOString().slice(0, -1).replace("T", " ")));

/** Moments of whole seconds, from ms since the epoch. */
export const seconds = (ms: readonly number[]): Hole =>
  hole("Array(DateTime('UTC'))")(ms.map((one) => Math.floor(one / 1000)));

const isSql = (part: Hole | Sql): part is Sql => "text" in part;

/**
 * Builds a ClickHouse query: each hole becomes `{pN:Type}` and a parameter; a nested `sql` is spliced with its own
 * parameters renumbered. There is no way to put raw text in.
 *
 *     sql`SELECT count() FROM sagas WHERE saga_id = ${string(id)}`
 */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Hole | Sql)[]): Sql {
  const params: Record<string, unknown> = {};
  let text = texts[0] ?? "";
  parts.forEach((part, index) => {
    text += isSql(part) ? splice(part, params) : put(part, params);
    text += texts[index + 1] ?? "";
  });
  return { text, params };
}

/** Joins clauses with AND; no clause is `1`. */
export function and(clauses: readonly Sql[]): Sql {
  const [first, ...rest] = clauses;
  if (!first) return sql`1`;
  return rest.reduce((all, clause) => sql`${all} AND ${clause}`, sql`${first}`);
}

/** Joins clauses with OR; no clause is `0`. */
export function or(clauses: readonly Sql[]): Sql {
  const [first, ...rest] = clauses;
  if (!first) return sql`0`;
  return rest.reduce((any, clause) => sql`${any} OR ${clause}`, sql`${first}`);
}

function put(part: Hole, params: Record<string, unknown>): string {
  const name = `p${Object.keys(params).length}`;
  params[name] = part.value;
  return `{${name}:${part.type}}`;
}

function splice(part: Sql, params: Record<string, unknown>): string {
  return part.text.replace(/\{(p\d+):((?:[^{}])+)\}/g, (_, name: string, type: string) =>
    put({ type, value: part.params[name] }, params),
  );
}
