import { readFileSync } from "node:fs";
import { Mapping } from "#contracts/mapping/mapping.ts";
import type { TopicMapping } from "#contracts/mapping/topic-mapping.ts";
import { parseYaml } from "#lib/yaml.ts";

/** A mapping that the docs show. */
export function exampleMapping(name: string): Mapping {
  const file = `${import.meta.dirname}/../../docs/examples/${name}`;
  return parseYaml(Mapping, readFileSync(file, "utf8"), name);
}

/** The mapping of the topic `t`, its rules as YAML. */
export function topicMapping(yaml: string): TopicMapping {
  const indented = yaml.replace(/^/gm, "    ");
  const [topic] = parseYaml(Mapping, `topics:\n  - topic: t\n${indented}`, "test.yaml").topics;
  if (!topic) throw new Error("No topic");
  return topic;
}

export interface TestSpan {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly name?: string;
  readonly spanId?: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly status?: { readonly code: number; readonly message?: string };
  /** The attributes of each `exception` event. */
  readonly exceptions?: readonly Readonly<Record<string, string>>[];
}

/** An export request in JSON of spans of the service `payments`. */
export function spanRequest(spans: readonly TestSpan[], resource: Record<string, string> = {}): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ "service.name": "payments", ...resource }) },
        scopeSpans: [{ spans: spans.map(spanJson) }],
      },
    ],
  };
}

function spanJson({ attributes, exceptions = [], ...more }: TestSpan): object {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    name: "POST /charge",
    startTimeUnixNano: "1764000000123456789",
    endTimeUnixNano: "1764000001123456789",
    ...more,
    attributes: keyValues(attributes),
    events: exceptions.map((each) => ({ name: "exception", attributes: keyValues(each) })),
  };
}

const keyValues = (map: Readonly<Record<string, string | number>>) =>
  Object.entries(map).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
