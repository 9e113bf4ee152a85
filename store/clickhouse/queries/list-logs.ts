import { z } from "zod";
import type { LogRow } from "#contracts/api/saga.ts";
import { nanoMoment, sql, uint32, uint64 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { type LogFilter, matchingLogs } from "./log-filter.ts";
import { LogColumns, logColumns, logRow } from "./saga-logs.ts";

/**
 * Where a page ended. Lines have no id: `key` stands for all that is shown of a line, and of those that are the same in everything
 * `given` have been listed.
 */
export interface LogCursor {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly key: string;
  readonly given: number;
}

export interface ListedLog {
  readonly log: LogRow;
  readonly key: string;
}

const Row = LogColumns.extend({ key: z.string() }).transform(
  ({ key, ...columns }): ListedLog => ({ log: logRow(columns), key }),
);

/**
 * The newest `limit` lines that match, or those after `cursor`. First it is looked how far back in time a page reaches, by what the
 * filter reads and no more; only lines since then are read as a whole.
 */
export async function listLogs(
  asker: Asker,
  filter: LogFilter,
  { cursor, limit }: { cursor: LogCursor | undefined; limit: number },
): Promise<ListedLog[]> {
  const matching = matchingLogs(filter);
  const at = cursor && nanoMoment(cursor.time);
  const older = at ? sql`Timestamp < ${at}` : sql`1`;
  const after = cursor && at ? sql`(${older} OR Timestamp = ${at} AND line <= ${uint64(BigInt(cursor.key))})` : sql`1`;
  return await asker.ask(
    sql`WITH (SELECT min(Timestamp) FROM (
          SELECT Timestamp FROM otel_logs WHERE ${matching} AND ${older} ORDER BY Timestamp DESC LIMIT ${uint32(limit)})) AS oldest
      SELECT ${logColumns}, cityHash64(ServiceName, SeverityText, TraceId, SpanId, Body, LogAttributes) AS line, toString(line) AS key
      FROM otel_logs WHERE ${matching} AND Timestamp >= oldest AND TimestampTime >= toDateTime(oldest) AND ${after}
      ORDER BY Timestamp DESC, line DESC LIMIT ${uint32(limit)} OFFSET ${uint32(cursor?.given ?? 0)}`,
    Row,
  );
}

/** Where the page `listed`, which began after `before`, ended. */
export function endOf(listed: readonly ListedLog[], before: LogCursor | undefined): LogCursor | undefined {
  const last = listed.at(-1);
  if (!last) return undefined;
  const { time } = last.log;
  const { key } = last;
  const same = listed.filter((one) => one.log.time === time && one.key === key).length;
  return { time, key, given: same + (before?.time === time && before.key === key ? before.given : 0) };
}
