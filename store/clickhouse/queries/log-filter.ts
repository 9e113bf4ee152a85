import { severities } from "#contracts/words.ts";
import { and, type Sql, sql, string, strings, uint8 } from "#lib/sql.ts";
import { hasAttributes } from "./attributes.ts";
import { ofSaga } from "./saga-logs.ts";
import { loggedWithin, type TimeWindow } from "./time-window.ts";
import { hasWords } from "./words.ts";

/** What narrows a list of log lines. */
export interface LogFilter {
  readonly window: TimeWindow;
  /** Words of the body, all of which it must have, A to Z in any case. */
  readonly words: string | undefined;
  /** Any of these; none is all. */
  readonly services: readonly string[];
  /** At least as grave as this. */
  readonly severity: (typeof severities)[number] | undefined;
  readonly traceId: string | undefined;
  readonly saga: { readonly id: string; readonly traceIds: readonly string[] } | undefined;
  /** `key=value` of the line's own attributes, all of which it must have. */
  readonly attributes: readonly string[];
}

/** Rows of `otel_logs` that match. */
export function matchingLogs({ window, words, services, severity, traceId, saga, attributes }: LogFilter): Sql {
  const clauses = [loggedWithin(window), hasAttributes(sql`LogAttributes`, attributes)];
  if (words !== undefined) clauses.push(hasWords(words, sql`lower(Body)`));
  if (services.length > 0) clauses.push(sql`ServiceName IN ${strings(services)}`);
  if (severity !== undefined) clauses.push(sql`${severityBand} > ${uint8(severities.indexOf(severity))}`);
  if (traceId !== undefined) clauses.push(sql`TraceId = ${string(traceId)}`);
  if (saga !== undefined) clauses.push(ofSaga(saga));
  return and(clauses);
}

/** How grave a line is: from 1 on its place in `severities`, by its number, else by its text; 0 where neither says. */
export const severityBand: Sql = sql`if(SeverityNumber > 0, least(intDiv(SeverityNumber + 3, 4), 6),
  transform(lower(SeverityText), ['trace', 'debug', 'info', 'information', 'notice', 'warn', 'warning', 'error', 'err', 'fatal', 'critical'],
    [1, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6], 0))`;
