import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import type { Fields, OtlpEncoding, Signal } from "./json.ts";

const { root } = protobuf.parse(readFileSync(`${import.meta.dirname}/otlp.proto`, "utf8"));
const requests = {
  traces: root.lookupType("otlp.Traces"),
  logs: root.lookupType("otlp.Logs"),
  metrics: root.lookupType("otlp.Metrics"),
} as const satisfies Record<Signal, protobuf.Type>;
const anyValue = root.lookupType("otlp.AnyValue");
const status = root.lookupType("otlp.Status");

/** Gives text that is not UTF-8 a lone surrogate, as no text that is has one: its record can be told from the others. */
class MarkingReader extends protobuf.BufferReader {
  override stringVerify(): string {
    const bytes = this.bytes();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    return isUtf8(bytes) ? text : `${text}\udfff`;
  }
}

const reading = (bytes: Uint8Array) => new MarkingReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

/**
 * An export request from protobuf: 64-bit integers are `Long`, bytes are `Uint8Array`, text that is not UTF-8 is not
 * well-formed either. Throws when it is no request.
 */
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): Fields {
  return requests[signal].decode(reading(bytes)) as unknown as Fields;
}

/** An `AnyValue` by itself, as `decodeProtobuf` reads it within a request. */
export function decodeAnyValue(bytes: Uint8Array): Fields {
  return anyValue.decode(reading(bytes)) as unknown as Fields;
}

/** An export request as protobuf, from plain values. */
export function encodeProtobuf(signal: Signal, request: Fields): Uint8Array {
  return requests[signal].encode(requests[signal].fromObject({ ...request })).finish();
}

/** `google.rpc.Status`, in the encoding that was asked in. `code` is a canonical gRPC code. */
export function encodeStatus(encoding: OtlpEncoding, { code, message }: { code: number; message: string }): Uint8Array {
  if (encoding === "json") return new TextEncoder().encode(JSON.stringify({ code, message }));
  return status.encode(status.fromObject({ code, message })).finish();
}

/** The answer to a request that was taken whole: an empty response message. */
export function encodeSuccess(encoding: OtlpEncoding): Uint8Array {
  return new TextEncoder().encode(encoding === "json" ? "{}" : "");
}
