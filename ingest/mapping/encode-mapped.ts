import type { TopicMapping } from "#contracts/mapping/topic-mapping.ts";
import type { Dead, Encode } from "#ingest/encoded.ts";
import { encodeEvents, type ReadEvent } from "#ingest/saga-events/encode-saga-events.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { mapMessage } from "./map-message.ts";

/** Messages of a mapped topic as rows of `saga_events`, each where its message stood. */
export function mappedEncoder(mapping: TopicMapping, settle: SettleStarts): Encode {
  return async (messages, signal) => {
    const read: ReadEvent[] = [];
    const dead: Dead[] = [];
    let ignored = 0;
    for (const message of messages) {
      const mapped = mapMessage(mapping, message);
      switch (mapped.kind) {
        case "events":
          for (const event of mapped.events) read.push({ message, event });
          break;
        case "ignored":
          ignored += 1;
          break;
        case "dead":
          dead.push({ message, death: mapped });
      }
    }
    return { ...(await encodeEvents(read, { dead, settle, signal })), ignored };
  };
}
