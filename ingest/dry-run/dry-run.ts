import type { Mapping } from "#contracts/mapping/mapping.ts";
import { mapMessage } from "#ingest/mapping/map-message.ts";
import { mapSpans } from "#ingest/mapping/map-spans.ts";
import { type OwnTopics, refuseOwnTopics, topicOf } from "#ingest/mapping/mapped-readings.ts";
import type { Message } from "#ingest/message.ts";
import { decodeSagaEvent } from "#ingest/saga-events/decode-saga-event.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Kafka } from "#lib/kafka.ts";
import type { DryRunFlags } from "./flags.ts";
import { jsonOf, linesOf, type Preview, summaryOf } from "./preview.ts";
import { readSome } from "./read-some.ts";

export interface DryRunOptions {
  readonly mapping: Mapping;
  readonly topics: OwnTopics;
  /** What the names of the groups begin with. */
  readonly group: string;
  readonly print: (line: string) => void;
}

/** Prints what messages would come to. Nothing is stored, and no group's place moves. */
export async function dryRun(kafka: Kafka, flags: DryRunFlags, options: DryRunOptions): Promise<void> {
  refuseOwnTopics(options.mapping, options.topics);
  const previewers = previewersOf(options);
  const topics = flags.topic === undefined ? mappedTopics(options) : [flags.topic];
  const all: Preview[] = [];
  for (const topic of topics) {
    const preview = previewers.get(topic);
    if (!preview) throw new SagascopeError("BAD_SETTING", nothingSaid(topic, options.mapping));
    const wanted = { topic, from: flags.from, limit: flags.limit, group: options.group };
    const messages = await readSome(kafka, wanted).catch((error: unknown) => {
      const isAbsent = error instanceof SagascopeError && error.code === "NOT_FOUND";
      if (!isAbsent || flags.topic !== undefined) throw error;
      // As ingest waits for it, this goes on to the others.
      if (!flags.json) options.print(`${topic}: there is no such topic yet`);
      return [];
    });
    for (const message of messages) {
      const one = preview(message);
      all.push(one);
      for (const line of flags.json ? [jsonOf(one)] : linesOf(one)) options.print(line);
    }
  }
  if (!flags.json) options.print(summaryOf(all));
}

const nothingSaid = (topic: string, { topics, spans }: Mapping): string =>
  topics.length > 0 || spans
    ? `The mapping says nothing of the topic ${topic}.`
    : `Nothing says how to read the topic ${topic}: name a mapping's file in SAGASCOPE_MAPPING.`;

function mappedTopics({ mapping, topics }: DryRunOptions): string[] {
  const spansTopic = topicOf(topics, "traces");
  const mapped = mapping.topics.map(({ topic }) => topic);
  if (mapping.spans && spansTopic !== undefined) mapped.push(spansTopic);
  if (mapped.length > 0) return mapped;
  throw new SagascopeError("BAD_SETTING", "There is nothing to try: name a file in SAGASCOPE_MAPPING, or a --topic.");
}

function previewersOf({ mapping, topics }: DryRunOptions) {
  const previewers = new Map<string, (message: Message) => Preview>();
  const sagaEventsTopic = topicOf(topics, "saga events");
  if (sagaEventsTopic !== undefined) previewers.set(sagaEventsTopic, previewEvent);
  for (const each of mapping.topics)
    previewers.set(each.topic, (message) => {
      const mapped = mapMessage(each, message);
      return {
        message,
        events: mapped.kind === "events" ? mapped.events : [],
        dead: mapped.kind === "dead" ? [mapped] : [],
      };
    });
  const { spans } = mapping;
  const spansTopic = topicOf(topics, "traces");
  if (spans && spansTopic !== undefined)
    previewers.set(spansTopic, (message) => {
      const mapped = mapSpans(spans, message);
      return {
        message,
        events: mapped.flatMap((one) => (one.kind === "events" ? one.events : [])),
        dead: mapped.filter((one) => one.kind === "dead"),
      };
    });
  return previewers;
}

function previewEvent(message: Message): Preview {
  const decoded = decodeSagaEvent(message);
  return decoded.kind === "event"
    ? { message, events: [decoded.event], dead: [] }
    : { message, events: [], dead: [decoded] };
}
