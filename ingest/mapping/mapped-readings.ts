import type { Mapping } from "#contracts/mapping/mapping.ts";
import type { Signal } from "#contracts/otlp/json.ts";
import { otherLimits } from "#ingest/plan-chunk.ts";
import type { Reading } from "#ingest/reading.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { SagascopeError } from "#lib/errors.ts";
import { mappedEncoder } from "./encode-mapped.ts";
import { mappedSpansEncoder } from "./encode-spans.ts";
import { oneOwner } from "./one-owner.ts";

/** The topics that are read as they are, each with what is in it. */
export type OwnTopics = Readonly<Record<string, "saga events" | Signal>>;

export interface MappedPorts {
  readonly topics: OwnTopics;
  readonly settle: SettleStarts;
  readonly ageMs: number;
}

/** What a mapping has read: its topics, and the spans once more. */
export function mappedReadings(mapping: Mapping, { topics, settle, ageMs }: MappedPorts): Reading[] {
  refuseOwnTopics(mapping, topics);
  // Any number of topics may be mapped, and each insert takes memory.
  const common = { isOfEvents: false, ageMs, limits: otherLimits, insertsAtOnce: 1, assigners: [oneOwner] };
  const readings = mapping.topics.map((each): Reading => {
    const { topic } = each;
    return {
      name: topic,
      topic,
      encode: mappedEncoder(each, settle),
      tables: ["saga_events", "dead_letters"],
      mayBeAbsent: true,
      ...common,
    };
  });
  const spansTopic = topicOf(topics, "traces");
  if (!mapping.spans || spansTopic === undefined) return readings;
  const encode = mappedSpansEncoder(mapping.spans, settle);
  return [...readings, { name: `${spansTopic}/sagas`, topic: spansTopic, encode, tables: ["saga_events"], ...common }];
}

/** Throws `BAD_SETTING` where the mapping names a topic that is read as it is. */
export function refuseOwnTopics(mapping: Mapping, topics: OwnTopics): void {
  for (const { topic } of mapping.topics)
    if (Object.hasOwn(topics, topic))
      throw new SagascopeError(
        "BAD_SETTING",
        `The mapping names the topic ${topic}, which is read for its ${topics[topic]}`,
      );
}

/** The topic that holds this. */
export function topicOf(topics: OwnTopics, content: OwnTopics[string]): string | undefined {
  return Object.keys(topics).find((topic) => topics[topic] === content);
}

/** The names of what a mapping has read. */
export function mappedNames(mapping: Mapping, spansTopic: string): string[] {
  return [...mapping.topics.map(({ topic }) => topic), ...(mapping.spans ? [`${spansTopic}/sagas`] : [])];
}
