import type { SagaEvent } from "#contracts/saga-event.ts";
import { millisOf, nanosOf } from "#ingest/epoch.ts";
import { storedStarts } from "#store/clickhouse/inserts/saga-days.ts";

/** Where a message stood. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** The first moment that is stored: 0 means none there. A clock that was never set says that moment. */
export const earliestMs = 1;

/** Under which moment a saga is stored that began then, both in ms since the epoch: one of 13 digits. */
export function storedStart(startedMs: number): number {
  return Math.min(Math.max(startedMs, storedStarts.fromMs), storedStarts.toMs);
}

/**
 * A row of `saga_events` that wants to know what its saga is stored under, to be a line of JSONCompactEachRow: its text
 * before that and after, which is ASCII.
 */
export interface SplitLine {
  readonly before: string;
  readonly after: string;
}

export function sagaEventRow(event: SagaEvent, { topic, partition, offset }: Position): SplitLine {
  const { data } = event;
  const step = "step" in data ? data : undefined;
  const trace = event.traceparent;
  const text = JSON.stringify([
    event.id,
    event.correlationid,
    event.sagatype,
    event.sagaversion || "1",
    event.type,
    event.source,
    event.subject ?? "",
    event.causationid ?? "",
    trace === undefined ? "" : trace.slice(3, 35),
    trace === undefined ? "" : trace.slice(36, 52),
    step?.step ?? "",
    step?.attempt ?? 0,
    "compensates" in data ? data.compensates : "",
    data.serviceVersion ?? "",
    data.labels ?? {},
    data.plan ?? [],
    data.undoOrder ?? "",
    data.error?.code ?? "",
    data.error?.message ?? "",
    data.error?.retryable ?? false,
    data.payload === undefined ? "" : JSON.stringify(data.payload),
    event.sagastarted === undefined,
    topic,
    partition,
  ]);
  // Nanoseconds and offsets are past what a JSON number of JavaScript holds exactly: they go in as digits.
  const deadline = data.deadline ? Math.max(millisOf(data.deadline), earliestMs) : 0;
  const time = millisOf(event.time) < earliestMs ? `${earliestMs}000000` : nanosOf(event.time);
  return { before: `${text.slice(0, -1)},`, after: `,${time},${deadline},${offset}]\n` };
}
