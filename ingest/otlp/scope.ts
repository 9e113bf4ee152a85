import type { Fields } from "#contracts/otlp/codec.ts";
import { object } from "#contracts/otlp/walk.ts";
import type { Message } from "#ingest/message.ts";
import { attributes, small, text } from "./fields.ts";

/** What a scope's records share, as the JSON that each of their rows begins with. */
export type ScopeRow = (message: Message, group: Fields, scope: Fields) => string;

/** ServiceName, ResourceAttributes, ScopeName, ScopeVersion, position: of `otel_traces`. */
export const spanScope: ScopeRow = (message, group, scopeGroup) => {
  const resource = attributes(object(group, "resource"));
  const scope = object(scopeGroup, "scope");
  return head([serviceOf(resource), resource, text(scope, "name"), text(scope, "version")], message);
};

/** The same with schema URLs and the scope's attributes: of `otel_logs`. */
export const logScope: ScopeRow = (message, group, scopeGroup) => {
  const resource = attributes(object(group, "resource"));
  const scope = object(scopeGroup, "scope");
  return head(
    [
      serviceOf(resource),
      resource,
      text(group, "schemaUrl"),
      text(scope, "name"),
      text(scope, "version"),
      attributes(scope),
      text(scopeGroup, "schemaUrl"),
    ],
    message,
  );
};

/** The same with the count of attributes that the scope dropped: of each `otel_metrics_*`. */
export const metricScope: ScopeRow = (message, group, scopeGroup) => {
  const resource = attributes(object(group, "resource"));
  const scope = object(scopeGroup, "scope");
  return head(
    [
      serviceOf(resource),
      resource,
      text(group, "schemaUrl"),
      text(scope, "name"),
      text(scope, "version"),
      attributes(scope),
      small(scope, "droppedAttributesCount"),
      text(scopeGroup, "schemaUrl"),
    ],
    message,
  );
};

function serviceOf(resource: Record<string, string>): string {
  return resource["service.name"] ?? "";
}

function head(values: readonly unknown[], { topic, partition, offset }: Message): string {
  return `${JSON.stringify([...values, topic, partition]).slice(0, -1)},${offset}`;
}
