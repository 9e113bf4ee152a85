import { firstSagaPart } from "#contracts/dead-letter.ts";
import type { SpanMapping } from "#contracts/mapping/span-mapping.ts";
import type { Dead, Encode } from "#ingest/encoded.ts";
import { type Message, withValue } from "#ingest/message.ts";
import { eachEncoder, readEvents } from "#ingest/saga-events/encode-each.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { type MappedSpan, mapSpans } from "./map-spans.ts";

/** Messages of spans as rows of `saga_events`; what is no span of a saga is left aside. */
export function mappedSpansEncoder(mapping: SpanMapping, settle: SettleStarts): Encode {
  return eachEncoder((message) => {
    const read = mapSpans(mapping, message).map((one) =>
      one.kind === "dead" ? { rows: [], dead: [deadSpan(message, one)] } : readEvents(one.events, message),
    );
    return { rows: read.flatMap(({ rows }) => rows), dead: read.flatMap(({ dead }) => dead) };
  }, settle);
}

/** Beside the dead of the same message that could not be stored as spans. */
const deadSpan = (message: Message, { span, reason, detail }: Extract<MappedSpan, { kind: "dead" }>): Dead => ({
  message: withValue(message, span),
  death: { reason, detail },
  isPart: true,
  firstPart: firstSagaPart,
});
