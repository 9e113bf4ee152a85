import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

/** The three kinds of telemetry that OTLP carries. */
export const signals = ["traces", "logs", "metrics"] as const;
export type Signal = (typeof signals)[number];

export type OtlpEncoding = "protobuf" | "json";
export const otlpContentTypes = {
  protobuf: "application/x-protobuf",
  json: "application/json",
} as const satisfies Record<OtlpEncoding, string>;

/** An OTLP message as decoded: fields in camelCase, absent ones absent, nothing about their types promised. */
export type Fields = Readonly<Record<string, unknown>>;

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

/** An export request from JSON; integers that a number cannot hold are digits. Throws when it is not JSON, or not an object. */
export function decodeJson(bytes: Uint8Array): Fields {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const request: unknown = largeInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw new TypeError("the request is not an object");
  return request as Fields;
}

// They should be text, but may be numbers.
const largeInteger = /[:[,]\s*-?\d{16}/;

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && /^-?\d+$/.test(context?.source ?? "") ? context?.source : value;
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
