import { decodeJson, type Fields, type Signal, signals } from "./json.ts";

/** A telemetry record with what it stands under. */
export interface Walked {
  /** `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`. */
  readonly group: Fields;
  /** `ScopeSpans`, `ScopeLogs` or `ScopeMetrics`. */
  readonly scope: Fields;
  /** Spans, log records or metrics. */
  readonly records: readonly Fields[];
}

/** What the lists of a request are called, from the outermost in. */
export const listNames = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
} as const satisfies Record<Signal, readonly [string, string, string]>;

/** The records of an export request, scope by scope. Throws a `TypeError` where it is not built as one. */
export function* walkRequest(signal: Signal, request: Fields): Generator<Walked> {
  const [groups, scopes, records] = listNames[signal];
  for (const group of objects(request, groups))
    for (const scope of objects(group, scopes)) yield { group, scope, records: objects(scope, records) };
}

/** An export request that holds one record, under what it stands under. */
export function requestOf(signal: Signal, { group, scope }: Pick<Walked, "group" | "scope">, record: Fields): Fields {
  const [groups, scopes, records] = listNames[signal];
  return { [groups]: [{ ...group, [scopes]: [{ ...scope, [records]: [record] }] }] };
}

/** Whether a value is an export request in JSON, of any signal, that holds one record and no more. */
export function isOneRecord(value: Uint8Array): boolean {
  try {
    const request = decodeJson(value);
    const signal = signals.find((each) => Object.hasOwn(request, listNames[each][0]));
    if (signal === undefined) return false;
    let count = 0;
    for (const { records } of walkRequest(signal, request)) count += records.length;
    return count === 1;
  } catch {
    return false;
  }
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
