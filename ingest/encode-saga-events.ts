import type { SagaEvent } from "#contracts/saga-event.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import type { Dead, Encode } from "./encoded.ts";
import { nanosOf } from "./epoch.ts";
import type { Death, Message } from "./message.ts";
import { sagaEventRow } from "./saga-event-row.ts";
import { deriveStarts, type Starts, unsaidSagas } from "./saga-starts.ts";

/** Answers when sagas began, in nanoseconds since the epoch as digits, for those that the store knows. */
export type AskStarts = (ids: readonly string[], signal: AbortSignal) => Promise<Starts>;

/** Messages of `saga.events` as rows of `saga_events`. */
export function sagaEventsEncoder(ask: AskStarts): Encode {
  return async (messages, signal) => {
    const read: { message: Message; event: SagaEvent }[] = [];
    const dead: Dead[] = [];
    for (const message of messages) {
      const decoded = decodeSagaEvent(message);
      if (decoded.kind === "dead") dead.push({ message, death: decoded });
      else read.push({ message, event: decoded.event });
    }
    const events = read.map(({ event }) => event);
    const unsaid = unsaidSagas(events);
    const starts = deriveStarts(events, unsaid.length === 0 ? new Map() : await ask(unsaid, signal));
    const lines: string[] = [];
    const from: Message[] = [];
    for (const { message, event } of read) {
      const line = rowOf(event, starts, message);
      if (typeof line === "string") {
        lines.push(line);
        from.push(message);
      } else dead.push({ message, death: line });
    }
    return { rows: [{ table: "saga_events", lines, messages: from }], dead };
  };
}

function rowOf(event: SagaEvent, starts: Starts, message: Message): string | Death {
  const started = event.sagastarted === undefined ? starts.get(event.correlationid) : nanosOf(event.sagastarted);
  try {
    return sagaEventRow(event, started ?? nanosOf(event.time), message);
  } catch (error) {
    // Read without recursion, written with it: a payload may be nested more deeply than the stack is.
    if (!(error instanceof RangeError)) throw error;
    return { reason: "bad_schema", detail: "The payload is nested too deeply." };
  }
}
