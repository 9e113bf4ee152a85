import type { Fields } from "#contracts/otlp/json.ts";
import { object } from "#contracts/otlp/walk.ts";
import type { Message } from "#ingest/message.ts";
import { attribute, attributes } from "./any-text.ts";
import { small, text } from "./fields.ts";

/** What a scope's records share, as the JSON that each of their rows begins with. */
export type ScopeRow = (message: Message, group: Fields, scope: Fields) => string;

/** ServiceName, ResourceAttributes, ScopeName, ScopeVersion, position: of `otel_traces`. */
export const spanScope: ScopeRow = (message, group, scopeGroup) => {
  const scope = object(scopeGroup, "scope");
  return head([ofResource(group), quoted(scope, "name"), quoted(scope, "version")], message);
};

/** The same with schema URLs and the scope's attributes: of `otel_logs`. */
export const logScope: ScopeRow = (message, group, scopeGroup) => {
  const scope = object(scopeGroup, "scope");
  return head(
    [
      ofResource(group),
      quoted(group, "schemaUrl"),
      quoted(scope, "name"),
      quoted(scope, "version"),
      attributes(scope),
      quoted(scopeGroup, "schemaUrl"),
    ],
    message,
  );
};

/** The same with the count of attributes that the scope dropped: of each `otel_metrics_*`. */
export const metricScope: ScopeRow = (message, group, scopeGroup) => {
  const scope = object(scopeGroup, "scope");
  return head(
    [
      ofResource(group),
      quoted(group, "schemaUrl"),
      quoted(scope, "name"),
      quoted(scope, "version"),
      attributes(scope),
      String(small(scope, "droppedAttributesCount") >>> 0),
      quoted(scopeGroup, "schemaUrl"),
    ],
    message,
  );
};

function ofResource(group: Fields): string {
  const resource = object(group, "resource");
  return `${JSON.stringify(attribute(resource, "service.name"))},${attributes(resource)}`;
}

function quoted(fields: Fields, name: string): string {
  return JSON.stringify(text(fields, name));
}

function head(values: readonly string[], { topic, partition, offset }: Message): string {
  return `[${values.join(",")},${JSON.stringify(topic)},${partition},${offset}`;
}
