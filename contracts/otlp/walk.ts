import type { Fields, Signal } from "./codec.ts";

/** A telemetry record with what it stands under. */
export interface Walked {
  /** `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`. */
  readonly group: Fields;
  /** `ScopeSpans`, `ScopeLogs` or `ScopeMetrics`. */
  readonly scope: Fields;
  /** Spans, log records or metrics. */
  readonly records: readonly Fields[];
}

const names = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
} as const satisfies Record<Signal, readonly [string, string, string]>;

/** The records of an export request, scope by scope. Throws a `TypeError` where it is not built as one. */
export function* walkRequest(signal: Signal, request: Fields): Generator<Walked> {
  const [groups, scopes, records] = names[signal];
  for (const group of objects(request, groups))
    for (const scope of objects(group, scopes)) yield { group, scope, records: objects(scope, records) };
}

/** Whether a request has a resource at all, be there nothing under it. */
export function hasGroups(signal: Signal, request: Fields): boolean {
  return objects(request, names[signal][0]).length > 0;
}

/** A list of messages; empty where it is absent. Throws a `TypeError` where it is something else. */
export function objects(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) throw new TypeError(`${name} is not a list`);
  for (const item of list) if (!isFields(item)) throw new TypeError(`${name} holds something that is not an object`);
  return list;
}

/** A message within a message; empty where it is absent. Throws a `TypeError` where it is something else. */
export function object(fields: Fields, name: string): Fields {
  const value = fields[name] ?? {};
  if (!isFields(value)) throw new TypeError(`${name} is not an object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
