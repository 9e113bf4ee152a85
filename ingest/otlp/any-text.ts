import type { Fields } from "#contracts/otlp/json.ts";
import { object, objects } from "#contracts/otlp/walk.ts";
import { BadRecord, double, integer, text, wellFormed } from "./fields.ts";

/**
 * An `AnyValue` as the OpenTelemetry exporter for ClickHouse writes it: strings as they are, numbers in the shortest
 * form, bytes as base64, lists and maps as JSON, nothing as an empty text.
 */
export function anyText(value: unknown): string {
  const { kind, of } = anyOf(value);
  switch (kind) {
    case "stringValue":
      return text(of, kind);
    case "bytesValue":
      return base64(of.bytesValue);
    case "doubleValue":
      return doubleText(double(of, kind));
    default:
      return kind === undefined ? "" : json(value);
  }
}

/** Attributes by key; the first of a key counts, as it does where the store looks one up. */
export function attributeTexts(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    objects(fields, "attributes")
      .map((pair) => [text(pair, "key"), anyText(pair.value)] as const)
      .reverse(),
  );
}

/** Attributes as a JSON object, sorted by key as the exporter does it: the same attributes are one and the same map. */
export function attributes(fields: Fields, name = "attributes"): string {
  const pairs = objects(fields, name).map((pair) => ({ key: text(pair, "key"), value: anyText(pair.value) }));
  return `{${pairs
    .sort((a, b) => byCodePoint(a.key, b.key))
    .map(({ key, value }) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(",")}}`;
}

/** The value of an attribute, the first of its name; empty where there is none. */
export function attribute(fields: Fields, key: string): string {
  return anyText(objects(fields, "attributes").find((pair) => pair.key === key)?.value);
}

const kinds = [
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
] as const;

function anyOf(value: unknown): { kind: (typeof kinds)[number] | undefined; of: Fields } {
  if (value === undefined || value === null) return { kind: undefined, of: {} };
  if (typeof value !== "object") throw new BadRecord("bad_otlp", "An attribute's value is not an object");
  const of = value as Fields;
  return { kind: kinds.find((kind) => Object.hasOwn(of, kind)), of };
}

/** A list or a map as the exporter's JSON, which has no word for NaN and the infinities and is then empty. */
function json(value: unknown): string {
  try {
    return jsonOf(value);
  } catch (error) {
    if (error === noWord) return "";
    throw error;
  }
}

const noWord = Symbol("a number that JSON has no word for");

function jsonOf(value: unknown): string {
  const { kind, of } = anyOf(value);
  switch (kind) {
    case undefined:
      return "null";
    case "stringValue":
      return quoted(text(of, kind));
    case "boolValue":
      return String(of.boolValue === true);
    case "intValue":
      return integer(of.intValue, kind);
    case "doubleValue": {
      const number = double(of, kind);
      if (!Number.isFinite(number)) throw noWord;
      return doubleText(number);
    }
    case "bytesValue":
      return quoted(base64(of.bytesValue));
    case "arrayValue":
      return `[${objects(object(of, kind), "values").map(jsonOf).join(",")}]`;
    case "kvlistValue":
      return jsonMap(objects(object(of, kind), "values"));
  }
}

function jsonMap(pairs: readonly Fields[]): string {
  const values = new Map(pairs.map((pair) => [text(pair, "key"), jsonOf(pair.value)]));
  return `{${[...values]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([key, value]) => `${quoted(key)}:${value}`)
    .join(",")}}`;
}

/** The exporter's JSON is safe to stand in JavaScript: these two end a line there. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

export function doubleText(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}

const hasSurrogates = /[\ud800-\udfff]/;

/** The order of the texts' UTF-8. */
function byCodePoint(a: string, b: string): number {
  if (hasSurrogates.test(a) || hasSurrogates.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : Number(a > b);
}

function base64(bytes: unknown): string {
  if (bytes instanceof Uint8Array)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  if (typeof bytes === "string") return wellFormed(bytes, "bytesValue");
  // Protobuf's decoder gives an empty list for no bytes.
  if (Array.isArray(bytes) && bytes.length === 0) return "";
  throw new BadRecord("bad_otlp", "bytesValue is neither bytes nor base64");
}
