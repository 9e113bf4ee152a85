import { exception } from "./exception.ts";
import type { Ask } from "./parse-request.ts";
import { quote, readonlyOf } from "./preamble.ts";
import type { Insert, Text } from "./receive-body.ts";
import { textOf, tokensOf } from "./sql-tokens.ts";

/** What the engine is to be given for a request. */
export interface Planned {
  readonly sql: string;
  /** The result's format: the statement's own, or the one to ask for. */
  readonly format: string;
  readonly isRead: boolean;
  /** The same statement with its result written to a file; absent where it has no rows to speak of. */
  readonly intoFile: ((file: string) => string) | undefined;
}

const readingVerbs = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "FROM", "VALUES"]);
const selectingVerbs = new Set(["SELECT", "WITH", "FROM"]);
export const fallbackFormat = "TabSeparated";

/** Plans a request's statement. Throws what ClickHouse's HTTP interface refuses before it runs anything. */
export function plan(ask: Ask, work: Insert | Text): Planned {
  const planned = planOf(ask, work);
  // In a session, readonly could not be taken back from the connection: it is checked here.
  if (ask.sessionId !== undefined && !planned.isRead && readonlyOf(ask) !== "0") {
    throw exception("READONLY", "Cannot execute query in readonly mode.");
  }
  return planned;
}

function planOf(ask: Ask, work: Insert | Text): Planned {
  const wanted = ask.defaultFormat ?? fallbackFormat;
  if (work.kind === "rows") return { sql: insertSql(work), format: wanted, isRead: false, intoFile: undefined };
  const { statement, sql } = work;
  if (statement.kind === "empty")
    throw exception("SYNTAX_ERROR", "Syntax error: failed at position 1 (end of query): . Empty query");
  if (statement.kind === "many") {
    const rest = sql.subarray(statement.at, statement.at + 160).toString();
    const message = `Syntax error (Multi-statements are not allowed): failed at position ${statement.at} (end of query): ${rest}`;
    throw exception("SYNTAX_ERROR", message);
  }
  if (statement.touchesFiles)
    throw exception("NOT_IMPLEMENTED", "INTO OUTFILE and FROM INFILE are not allowed over HTTP");
  const text = statement.verb === "KILL" ? withOurIds(sql) : sql.toString();
  const format = statement.format ?? wanted;
  const [before, after] = [sql.subarray(0, statement.outfileAt), sql.subarray(statement.outfileAt)].map(String);
  const formatClause = statement.format === undefined ? ` FORMAT ${format}` : "";
  const intoFile = (file: string) => `${before} INTO OUTFILE ${quote(file)} ${formatClause} ${after}`;
  const isRead = readingVerbs.has(statement.verb);
  return { sql: text, format, isRead, intoFile: selectingVerbs.has(statement.verb) ? intoFile : undefined };
}

/**
 * Rows reach the engine by a file, never behind the statement in its text: there the engine takes what follows an empty
 * line for another statement, so that rows could be lost or, worse, run.
 */
function insertSql({ statement, file }: Insert): string {
  const path = quote(file);
  if (statement.kind === "insert-select-input") {
    return `${statement.before} file(${path}, ${quote(statement.format)}, ${statement.after}`;
  }
  const { target, settings, format } = statement;
  return `${target} FROM INFILE ${path} COMPRESSION 'auto' ${settings} FORMAT ${format}`;
}

/** `KILL QUERY WHERE query_id = …` speaks of the ids that clients gave. */
function withOurIds(sql: Buffer): string {
  let text = "";
  let from = 0;
  for (const token of tokensOf(sql)) {
    if (token.kind !== "word" || textOf(sql, token) !== "QUERY_ID") continue;
    text += `${sql.toString("utf8", from, token.start)}Settings['log_comment']`;
    from = token.end;
  }
  return text + sql.toString("utf8", from);
}
