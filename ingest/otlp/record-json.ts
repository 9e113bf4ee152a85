import type { Fields, Signal } from "#contracts/otlp/json.ts";
import { requestOf, type Walked } from "#contracts/otlp/walk.ts";
import { integer } from "./fields.ts";

/** A record as an export request of its own in JSON, for a person to read and mend, and to be sent again. */
export function recordRequest(signal: Signal, under: Pick<Walked, "group" | "scope">, record: Fields): Buffer {
  return jsonOf(requestOf(signal, under, record));
}

/** As OTLP has it in JSON. What is wrong with it stays. */
export function jsonOf(fields: Fields): Buffer {
  return Buffer.from(JSON.stringify(plain(fields, "")));
}

function plain(value: unknown, name: string): unknown {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.toString(name === "bytesValue" ? "base64" : "hex");
  }
  // JSON has no word for it, and a text is taken for it.
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, name));
  if (typeof value !== "object" || value === null) return value;
  if ("low" in value && "high" in value && "unsigned" in value) return integer(value, name);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, key)]));
}
