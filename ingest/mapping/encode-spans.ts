import { firstSagaPart } from "#contracts/dead-letter.ts";
import type { SpanMapping } from "#contracts/mapping/span-mapping.ts";
import type { Dead, Encode } from "#ingest/encoded.ts";
import { type Message, withValue } from "#ingest/message.ts";
import { encodeEvents, type ReadEvent } from "#ingest/saga-events/encode-saga-events.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { type MappedSpan, mapSpans } from "./map-spans.ts";

/** Messages of spans as rows of `saga_events`; what is no span of a saga is left aside. */
export function mappedSpansEncoder(mapping: SpanMapping, settle: SettleStarts): Encode {
  return async (messages, signal) => {
    const read: ReadEvent[] = [];
    const dead: Dead[] = [];
    let ignored = 0;
    for (const message of messages) {
      const mapped = mapSpans(mapping, message);
      if (mapped.length === 0) ignored += 1;
      for (const one of mapped) {
        if (one.kind === "dead") dead.push(deadSpan(message, one));
        else for (const event of one.events) read.push({ message, event });
      }
    }
    return { ...(await encodeEvents(read, { dead, settle, signal })), ignored };
  };
}

/** Beside the dead of the same message that could not be stored as spans. */
const deadSpan = (message: Message, { span, reason, detail }: Extract<MappedSpan, { kind: "dead" }>): Dead => ({
  message: withValue(message, span),
  death: { reason, detail },
  isPart: true,
  firstPart: firstSagaPart,
});
