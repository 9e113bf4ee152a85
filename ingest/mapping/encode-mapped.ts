import type { TopicMapping } from "#contracts/mapping/topic-mapping.ts";
import type { Encode } from "#ingest/encoded.ts";
import { eachEncoder, readEvents } from "#ingest/saga-events/encode-each.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { mapMessage } from "./map-message.ts";

/** Messages of a mapped topic as rows of `saga_events`, each where its message stood; what no rule takes may be left aside. */
export function mappedEncoder(mapping: TopicMapping, settle: SettleStarts): Encode {
  return eachEncoder((message) => {
    const mapped = mapMessage(mapping, message);
    switch (mapped.kind) {
      case "events":
        return readEvents(mapped.events, message);
      case "ignored":
        return { rows: [], dead: [] };
      case "dead":
        return { rows: [], dead: [{ message, death: mapped }] };
    }
  }, settle);
}
