import { decodeRequest } from "#contracts/otlp/decode-request.ts";
import { type OtlpEncoding, otlpContentTypes, type Signal } from "#contracts/otlp/json.ts";
import { walkRequest } from "#contracts/otlp/walk.ts";
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
    const request = decodeRequest(signal, encoding, body);
    let records = 0;
    for (const scope of walkRequest(signal, request)) records += scope.records.length;
    return records;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `The body is not an OTLP ${signal} request in ${encoding}: ${why}`);
  }
}
