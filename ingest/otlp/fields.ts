import type { Fields } from "#contracts/otlp/json.ts";
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

/** Throws `BadRecord` for half a character. */
export function wellFormed(value: string, name: string): string {
  if (!value.isWellFormed()) throw new BadRecord("bad_text", `${name} is not well-formed text`);
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
  if (typeof value === "string" && /^-?\d{1,40}$/.test(value)) return BigInt(value).toString();
  throw new BadRecord("bad_otlp", `${name} is not an integer`);
}

const beyond64Bits = 2n ** 64n;

/** A 64-bit integer that counts something, as digits; "0" where absent. The store refuses a row, and a block, with any other. */
export function count(value: unknown, name: string): string {
  const digits = integer(value, name);
  if (digits.startsWith("-") || (digits.length >= 20 && BigInt(digits) >= beyond64Bits))
    throw new BadRecord("bad_otlp", `${name} is not a count`);
  return digits;
}

/** A small integer, such as flags; 0 where absent. JSON may have it as digits. */
export function small(fields: Fields, name: string): number {
  const value = fields[name] ?? 0;
  const number = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || Math.abs(number) > 0xffff_ffff)
    throw new BadRecord("bad_otlp", `${name} is not a small integer`);
  return number;
}

/** An enum's number; 0 where absent. JSON may have the value's name, of which `names` are those from 0 on. */
export function enumNumber(
  fields: Fields,
  name: string,
  { prefix, names }: { prefix: string; names: readonly string[] },
): number {
  const value = fields[name];
  if (typeof value !== "string" || !value.startsWith(prefix)) return small(fields, name);
  const number = names.indexOf(value.slice(prefix.length));
  if (number === -1) throw new BadRecord("bad_otlp", `${name} has an unknown name`);
  return number;
}

/** A double; 0 where absent. JSON may carry it as a string, and has to where it is NaN or infinite. */
export function double(fields: Fields, name: string): number {
  const value = fields[name] ?? 0;
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "" || (Number.isNaN(Number(value)) && value !== "NaN"))
    throw new BadRecord("bad_otlp", `${name} is not a number`);
  return Number(value);
}

/**
 * Times that telemetry may have, in seconds since the epoch, from the one to before the other. The exporter's tables keep
 * some in 32 bits, which end in 2106, and how long rows are kept has to fit in after that.
 */
export const timeBounds = { earliest: 946_684_800n, latest: 4_102_444_800n } as const;
const earliest = `${timeBounds.earliest}000000000`;
const latest = `${timeBounds.latest}000000000`;

/** A time in nanoseconds since the epoch, digits, between 2000 and 2100; undefined where it is absent or 0. */
export function time(fields: Fields, name: string): string | undefined {
  const digits = integer(fields[name], name);
  if (digits === "0") return undefined;
  const inRange = notBefore(digits, earliest) && !notBefore(digits, latest);
  if (!inRange) throw new BadRecord("bad_time", `${name} is not a time between 2000 and 2100`);
  return digits;
}

const nanosADay = 86_400e9;

/** The day of a time in nanoseconds since the epoch, since the epoch too. */
export const dayOf = (nanos: string | number): number => Math.floor(Number(nanos) / nanosADay);

function notBefore(digits: string, bound: string): boolean {
  return digits.length === bound.length ? digits >= bound : digits.length > bound.length && !digits.startsWith("-");
}
