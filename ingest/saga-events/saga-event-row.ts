import type { SagaEvent } from "#contracts/saga-event.ts";
import { millisOfNanos, nanosOf } from "#ingest/epoch.ts";
import { storedStarts } from "#store/clickhouse/inserts/saga-days.ts";

/** Where a message stood. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Under which moment a saga is stored, in ms since the epoch, that began at these nanoseconds, digits. */
export function storedStart(startedNanos: string): number {
  return Math.min(Math.max(Number(millisOfNanos(startedNanos)), storedStarts.fromMs), storedStarts.toMs);
}

/** A row of `saga_events` that wants to know what its saga is stored under, ms since the epoch, to be a line of JSONCompactEachRow. */
export type RowUnder = (startedMs: number) => string;

export function sagaEventRow(event: SagaEvent, { topic, partition, offset }: Position): RowUnder {
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
  const deadline = data.deadline ? millisOfNanos(nanosOf(data.deadline)) : "0";
  const numbers = `${nanosOf(event.time)},${deadline},${offset}`;
  return (startedMs) => `${text.slice(0, -1)},${startedMs},${numbers}]\n`;
}
