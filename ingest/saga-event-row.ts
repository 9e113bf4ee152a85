import type { SagaEvent } from "#contracts/saga-event.ts";
import { millisOfNanos, nanosOf } from "./epoch.ts";

/** Where a message stood. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A row of `saga_events` as a line of JSONCompactEachRow. `startedNanos` is when its saga began, digits. */
export function sagaEventRow(event: SagaEvent, startedNanos: string, { topic, partition, offset }: Position): string {
  const { data } = event;
  const step = "step" in data ? data : undefined;
  const trace = event.traceparent;
  const text = JSON.stringify([
    event.id,
    event.correlationid,
    event.sagatype,
    event.sagaversion,
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
    data.error?.code ?? "",
    data.error?.message ?? "",
    data.error?.retryable ?? false,
    data.payload === undefined ? "" : JSON.stringify(data.payload),
    topic,
    partition,
  ]);
  // Nanoseconds and offsets are past what a JSON number of JavaScript holds exactly: they go in as digits.
  const deadline = data.deadline === undefined ? "0" : millisOfNanos(nanosOf(data.deadline));
  const numbers = `${millisOfNanos(startedNanos)},${nanosOf(event.time)},${deadline},${offset}`;
  return `${text.slice(0, -1)},${numbers}]\n`;
}
