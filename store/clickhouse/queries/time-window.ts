import { moment, type Sql, sql, uint32 } from "#lib/sql.ts";

/** Half-open: from ≤ t < to, ms since the epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows of `sagas` and `saga_steps` whose saga started within the window: prunes by partition and primary key. */
export function startedWithin({ fromMs, toMs }: TimeWindow): Sql {
  return sql`started >= ${moment(fromMs)} AND started < ${moment(toMs)}`;
}

/** Rows of `otel_logs` within the window: prunes by partition and primary key, which are in whole seconds. */
export function loggedWithin({ fromMs, toMs }: TimeWindow): Sql {
  return sql`TimestampTime >= toDateTime(${moment(fromMs)}) AND TimestampTime <= toDateTime(${moment(toMs)})
    AND Timestamp >= ${moment(fromMs)} AND Timestamp < ${moment(toMs)}`;
}

/** Rows of `otel_traces` and `service_spans` that began within the window: prunes by partition and primary key. */
export function spansWithin({ fromMs, toMs }: TimeWindow): Sql {
  return sql`Timestamp >= ${moment(fromMs)} AND Timestamp < ${moment(toMs)}`;
}

/** Sagas that ran longer than this before they ended within a window are not looked for. */
const longestRunMs = 7 * 86_400_000;

/** When a saga can have started that ended within the window. */
export function startsOfEnded({ fromMs, toMs }: TimeWindow): TimeWindow {
  return { fromMs: fromMs - longestRunMs, toMs };
}

/** Rows of `sagas` whose saga ended within the window. */
export function endedWithin(window: TimeWindow): Sql {
  const { fromMs, toMs } = window;
  return sql`${startedWithin(startsOfEnded(window))} AND ended_at >= ${moment(fromMs)} AND ended_at < ${moment(toMs)}`;
}

/** The window in buckets of `bucketSeconds`, each by its start in ms, oldest first. */
export function bucketStarts({ fromMs, toMs }: TimeWindow, bucketSeconds: number): number[] {
  const stepMs = bucketSeconds * 1000;
  const firstMs = Math.floor(fromMs / stepMs) * stepMs;
  return Array.from(
    { length: Math.max(0, Math.ceil((toMs - firstMs) / stepMs)) },
    (_, index) => firstMs + index * stepMs,
  );
}

/** One value a bucket: `from(row)` where a row of this bucket came, else `empty`. */
export function fillBuckets<Row extends { bucket: number }, Value>(
  rows: readonly Row[],
  starts: readonly number[],
  { from, empty }: { from: (row: Row) => Value; empty: Value },
): Value[] {
  const byStart = new Map(rows.map((row) => [row.bucket * 1000, row]));
  return starts.map((start) => {
    const row = byStart.get(start);
    return row ? from(row) : empty;
  });
}

/** A moment, as the start (s since the epoch) of its bucket. */
export const bucketOf = (at: Sql, bucketSeconds: number): Sql =>
  sql`toUnixTimestamp(toStartOfInterval(${at}, toIntervalSecond(${uint32(bucketSeconds)})))`;

/** The starts of the periods of `ms` that the window touches, all or a part of each, but for the `known` ones; ms since the epoch. */
export function otherPeriods({ fromMs, toMs }: TimeWindow, ms: number, known: readonly number[]): number[] {
  const are = new Set(known);
  const first = Math.floor(fromMs / ms);
  return Array.from({ length: Math.max(0, Math.ceil(toMs / ms) - first) }, (_, index) => (first + index) * ms).filter(
    (period) => !are.has(period),
  );
}
