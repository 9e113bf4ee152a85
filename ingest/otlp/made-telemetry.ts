import fc from "fast-check";
import type { Fields } from "#contracts/otlp/json.ts";

// For tests: requests as fast-check makes them up, in the form that protobuf's encoder takes.

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 4, arbitrary: fc.constantFrom("", "service.name", "z", "a") },
  // Of about as many bytes as a length of one byte can say.
  fc
    .tuple(fc.integer({ min: 124, max: 130 }), fc.constantFrom("", "é", "\n"))
    .map(([length, end]) => "x".repeat(length) + end),
);
const time = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 946_684_800n * 10n ** 9n, max: 7_258_118_399_999_999_999n }).map(String) },
  fc.constantFrom("0", "1", "946684799999999999", "4102444799999999999", "4102444800000000000", "18446744073709551615"),
);
const id = (bytes: number) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.uint8Array({ minLength: bytes, maxLength: bytes }) },
    fc.uint8Array({ maxLength: bytes + 1 }),
    fc.constant(new Uint8Array(bytes)),
  );

const { value: anyValue } = fc.letrec<{ value: Fields }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    text.map((stringValue) => ({ stringValue })),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map((int) => ({ intValue: String(int) })),
    fc.integer({ min: -3, max: 300 }).map((intValue) => ({ intValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 5 }).map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie("value"), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie("value") }, { requiredKeys: [] }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));

const some = <T>(of: fc.Arbitrary<T>, maxLength = 3) => fc.array(of, { maxLength });
const optional = <T extends object>(of: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(of, { requiredKeys: [] });
const attributes = some(optional({ key: text, value: anyValue }), 5);
const small = fc.integer({ min: 0, max: 400 });

const span = optional({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  parentSpanId: id(8),
  name: text,
  kind: fc.integer({ min: -1, max: 7 }),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes,
  droppedAttributesCount: small,
  events: some(optional({ timeUnixNano: time, name: text, attributes, droppedAttributesCount: small })),
  droppedEventsCount: small,
  links: some(optional({ traceId: id(16), spanId: id(8), traceState: text, attributes, flags: small })),
  status: optional({ message: text, code: fc.integer({ min: -1, max: 4 }) }),
  flags: small,
});

const logRecord = optional({
  timeUnixNano: time,
  observedTimeUnixNano: time,
  severityNumber: fc.integer({ min: -1, max: 300 }),
  severityText: text,
  body: anyValue,
  attributes,
  flags: fc.integer({ min: 0, max: 0xffff_ffff }),
  traceId: id(16),
  spanId: id(8),
  eventName: text,
});

const resource = optional({ attributes, droppedAttributesCount: small });
const scope = optional({ name: text, version: text, attributes, droppedAttributesCount: small });

/** Export requests by signal: most records are sound, some lack what they must have. */
export const requests = {
  traces: optional({
    resourceSpans: some(
      optional({
        resource,
        schemaUrl: text,
        scopeSpans: some(optional({ scope, schemaUrl: text, spans: some(span) })),
      }),
    ),
  }),
  logs: optional({
    resourceLogs: some(
      optional({
        resource,
        schemaUrl: text,
        scopeLogs: some(optional({ scope, schemaUrl: text, logRecords: some(logRecord) })),
      }),
    ),
  }),
};
