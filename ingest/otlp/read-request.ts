import { decodeRequest } from "#contracts/otlp/decode-request.ts";
import type { Fields, OtlpEncoding, Signal } from "#contracts/otlp/json.ts";
import { headerOf, type Message } from "#ingest/message.ts";

/** A message's export request. Throws where it is none. */
export function readRequest(signal: Signal, message: Message, value: Buffer): Fields {
  return decodeRequest(signal, encodingOf(message, value), value);
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
 * the length 123), and go on with 0x0A and another length, which may be a quote. Then comes the tag of a field, and no key
 * begins with a control character.
 */
function looksLikeJson(value: Buffer): boolean {
  const brace = nextVisible(value, 0);
  if (value[brace] !== 0x7b) return false;
  const next = nextVisible(value, brace + 1);
  if (value[next] === 0x22) return (value[next + 1] ?? 0) >= 0x20;
  return value[next] === 0x7d && nextVisible(value, next + 1) === value.length;
}

function nextVisible(value: Buffer, from: number): number {
  let at = from;
  while (value[at] === 0x20 || value[at] === 0x09 || value[at] === 0x0a || value[at] === 0x0d) at++;
  return at;
}
