import type { SagaEvent } from "#contracts/saga-event.ts";
import { decodeSagaEvent, nestedTooDeeply } from "./decode-saga-event.ts";
import type { Dead, Encode, Encoded } from "./encoded.ts";
import { nanosOf } from "./epoch.ts";
import type { Death, Message } from "./message.ts";
import { type DatedRow, dayMs, rowsByDays } from "./rows-by-days.ts";
import { sagaEventRow, storedStart } from "./saga-event-row.ts";
import type { SettleStarts } from "./settle-starts.ts";

/** An event, and the message that told of it. */
export interface ReadEvent {
  readonly message: Message;
  readonly event: SagaEvent;
}

/** Messages of `saga.events` as rows of `saga_events`. */
export function sagaEventsEncoder(settle: SettleStarts): Encode {
  return async (messages, signal) => {
    const read: ReadEvent[] = [];
    const dead: Dead[] = [];
    for (const message of messages) {
      const decoded = decodeSagaEvent(message);
      if (decoded.kind === "dead") dead.push({ message, death: decoded });
      else read.push({ message, event: decoded.event });
    }
    return await encodeEvents(read, { dead, settle, signal });
  };
}

/** Events as rows of `saga_events`; one that cannot be written is added to the `dead`. */
export async function encodeEvents(
  read: readonly ReadEvent[],
  { dead, settle, signal }: { dead: readonly Dead[]; settle: SettleStarts; signal: AbortSignal },
): Promise<Encoded> {
  const starts = await settle(
    read.map(({ event }) => event),
    signal,
  );
  const rows: DatedRow[] = [];
  const unwritten: Dead[] = [];
  for (const { message, event } of read) {
    const started = event.sagastarted === undefined ? starts.get(event.correlationid) : nanosOf(event.sagastarted);
    const startedMs = storedStart(started ?? nanosOf(event.time));
    const line = rowOf(event, startedMs, message);
    if (typeof line === "string") rows.push({ line, message, day: Math.floor(startedMs / dayMs) });
    else unwritten.push({ message, death: line });
  }
  return { rows: rowsByDays("saga_events", rows), dead: [...dead, ...unwritten] };
}

function rowOf(event: SagaEvent, startedMs: number, message: Message): string | Death {
  try {
    return sagaEventRow(event, startedMs, message);
  } catch (error) {
    // Read without recursion, written with it: a payload may be nested more deeply than the stack is.
    if (!(error instanceof RangeError)) throw error;
    return { reason: "bad_schema", detail: nestedTooDeeply };
  }
}
