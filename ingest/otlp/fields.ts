import type { Fields } from "#contracts/otlp/codec.ts";
import { object, objects } from "#contracts/otlp/walk.ts";
import type { DeadReason } from "#ingest/message.ts";

/** A record that cannot be stored; caught where records are taken one by one. */
export class BadRecord extends Error {
  readonly reason: DeadReason;

  constructor(reason: DeadReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A string field; empty where absent. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new BadRecord("bad_otlp", `${name} is not a string`);
  return wellFormed(value, name);
}

function wellFormed(value: string, name: string): string {
  if (!value.isWellFormed()) throw new BadRecord("bad_text", `${name} has a lone surrogate`);
  return value;
}

/** An id of so many bytes as lower-case hex; empty where absent, empty or all zero. */
export function id(fields: Fields, name: string, bytes: 8 | 16): string {
  const value = fields[name];
  if (isAbsent(value)) return "";
  const hex = value instanceof Uint8Array ? hexOf(value) : typeof value === "string" ? value.toLowerCase() : "?";
  if (hex === "" || (hex.length === bytes * 2 && /^0+$/.test(hex))) return "";
  if (hex.length !== bytes * 2 || !/^[0-9a-f]+$/.test(hex))
    throw new BadRecord("bad_otlp", `${name} is not an id of ${bytes} bytes`);
  return hex;
}

/** Protobuf's decoder gives an empty list for bytes that are not there. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

interface LongLike {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

function isLong(value: unknown): value is LongLike {
  return typeof value === "object" && value !== null && "low" in value && "high" in value && "unsigned" in value;
}

function digitsOfLong({ low, high, unsigned }: LongLike): string {
  if (high === 0) return String(low >>> 0);
  const upper = unsigned ? high >>> 0 : high;
  return String((BigInt(upper) << 32n) | BigInt(low >>> 0));
}

/** A 64-bit integer (`Long`, decimal digits or a number) as digits; "0" where absent. */
export function integer(value: unknown, name: string): string {
  if (value === undefined || value === null) return "0";
  if (isLong(value)) return digitsOfLong(value);
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value).toString();
  if (typeof value === "string" && /^-?\d{1,40}$/.test(value)) return value;
  throw new BadRecord("bad_otlp", `${name} is not an integer`);
}

/** A small integer, such as an enum's number; 0 where absent. */
export function small(fields: Fields, name: string): number {
  const value = fields[name] ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) > 0xffff_ffff)
    throw new BadRecord("bad_otlp", `${name} is not a small integer`);
  return value;
}

/** A double; 0 where absent. JSON may carry NaN and the infinities as strings; the store's JSON has no word for them. */
export function double(fields: Fields, name: string): number {
  const value = fields[name] ?? 0;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number") throw new BadRecord("bad_otlp", `${name} is not a number`);
  return Number.isFinite(number) ? number : 0;
}

const earliest = "946684800000000000";
const latest = "7258118400000000000";

/** A time in nanoseconds since the epoch, digits, between 2000 and 2200; undefined where it is absent or 0. */
export function time(fields: Fields, name: string): string | undefined {
  const digits = integer(fields[name], name);
  if (digits === "0") return undefined;
  const inRange = notBefore(digits, earliest) && !notBefore(digits, latest);
  if (!inRange) throw new BadRecord("bad_time", `${name} is not a time between 2000 and 2200`);
  return digits;
}

function notBefore(digits: string, bound: string): boolean {
  return digits.length === bound.length ? digits >= bound : digits.length > bound.length && !digits.startsWith("-");
}

/** Attributes by key, each value as the OpenTelemetry exporter for ClickHouse writes it; the last of a key counts. */
export function attributes(fields: Fields, name = "attributes"): Record<string, string> {
  const map: Record<string, string> = {};
  for (const pair of objects(fields, name)) {
    const key = text(pair, "key");
    if (key !== "__proto__") map[key] = anyText(pair.value);
  }
  return map;
}

/** An `AnyValue` as text: strings as they are, lists and maps as JSON, bytes as base64. */
export function anyText(value: unknown): string {
  const plain = plainOf(value);
  if (typeof plain === "string") return plain;
  return plain === null ? "" : JSON.stringify(plain);
}

/** A number where it holds the digits exactly, the digits themselves where not. */
function exact(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

function plainOf(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") throw new BadRecord("bad_otlp", "An attribute's value is not an object");
  const any = value as Fields;
  // One of these is its own; what the others read as is protobuf's default.
  switch (Object.keys(any)[0]) {
    case "stringValue":
      return text(any, "stringValue");
    case "intValue":
      return exact(integer(any.intValue, "intValue"));
    case "boolValue":
      return any.boolValue === true;
    case "doubleValue":
      return double(any, "doubleValue");
    case "arrayValue":
      return objects(object(any, "arrayValue"), "values").map(plainOf);
    case "kvlistValue":
      return plainMap(objects(object(any, "kvlistValue"), "values"));
    case "bytesValue":
      return base64(any.bytesValue);
    default:
      return null;
  }
}

function plainMap(pairs: readonly Fields[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map((pair) => [text(pair, "key"), plainOf(pair.value)]));
}

function base64(bytes: unknown): unknown {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString("base64") : String(bytes);
}
