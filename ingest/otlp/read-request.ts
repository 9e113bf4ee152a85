import { decodeJson, decodeProtobuf, type Fields, type OtlpEncoding, type Signal } from "#contracts/otlp/codec.ts";
import { headerOf, type Message } from "#ingest/message.ts";

/** A message's export request. Throws where it is none. */
export function readRequest(signal: Signal, message: Message, value: Buffer): Fields {
  return encodingOf(message, value) === "json" ? decodeJson(value) : decodeProtobuf(signal, value);
}

/** Our collector says the encoding; the OpenTelemetry Collector says nothing, so the bytes have to. */
export function encodingOf(message: Message, value: Buffer): OtlpEncoding {
  const contentType = headerOf(message, "content-type");
  if (contentType?.includes("json")) return "json";
  if (contentType?.includes("protobuf")) return "protobuf";
  return looksLikeJson(value) ? "json" : "protobuf";
}

/**
 * A request in protobuf begins with 0x0A and a length, which JSON may do too (a line feed, then a brace that is also
 * the length 123): then the end tells, and what the brace is followed by.
 */
function looksLikeJson(value: Buffer): boolean {
  const first = value.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  if (first === -1 || value[first] !== 0x7b) return false;
  const next = value
    .subarray(first + 1)
    .find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return next === 0x22 || next === 0x7d;
}
