import { decodeRequest } from "#contracts/otlp/decode-request.ts";
import type { Fields, OtlpEncoding, Signal } from "#contracts/otlp/json.ts";
import { headerOf, type Message } from "#ingest/message.ts";
import { messageOf } from "#lib/errors.ts";
import { BadRecord } from "./fields.ts";

const requestNames = {
  traces: "ExportTraceServiceRequest",
  logs: "ExportLogsServiceRequest",
  metrics: "ExportMetricsServiceRequest",
} as const satisfies Record<Signal, string>;

const encodingNames = { json: "JSON", protobuf: "protobuf" } as const satisfies Record<OtlpEncoding, string>;

/** A message's export request. Throws a `BadRecord` where it is none, and a `RangeError` where it is nested too deeply. */
export function readRequest(signal: Signal, message: Message, value: Buffer): Fields {
  const encoding = encodingOf(message, value);
  try {
    return decodeRequest(signal, encoding, value);
  } catch (error) {
    // Protobuf's decoder throws the same for what ends too soon.
    if (error instanceof RangeError && encoding === "json") throw error;
    const wanted = `${requestNames[signal]} in ${encodingNames[encoding]}`;
    throw new BadRecord("bad_otlp", `not an ${wanted}: ${messageOf(error)}`);
  }
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
