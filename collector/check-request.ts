import { decodeJson, decodeProtobuf, type OtlpEncoding, otlpContentTypes, type Signal } from "#contracts/otlp/codec.ts";
import { hasGroups, walkRequest } from "#contracts/otlp/walk.ts";
import { Refusal } from "./refusal.ts";

/** The encoding that a `Content-Type` names, or undefined. */
export function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === otlpContentTypes.json) return "json";
  return type === otlpContentTypes.protobuf || type === "application/protobuf" ? "protobuf" : undefined;
}

/** How many records (spans, log records, metrics) an export request holds. Throws a `Refusal` (400) where it is none. */
export function checkRequest(signal: Signal, encoding: OtlpEncoding, body: Uint8Array): number {
  try {
    const request = encoding === "json" ? decodeJson(body) : decodeProtobuf(signal, body);
    let records = 0;
    for (const scope of walkRequest(signal, request)) records += scope.records.length;
    // An exporter may send a request with nothing in it; bytes of which nothing is known are no such request.
    if (encoding === "protobuf" && body.byteLength > 0 && !hasGroups(signal, request))
      throw new TypeError("nothing in it is known");
    return records;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `The body is not an OTLP ${signal} request in ${encoding}: ${why}`);
  }
}
