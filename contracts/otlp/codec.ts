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
const status = root.lookupType("otlp.Status");

/** An export request from protobuf: 64-bit integers are `Long`, bytes are `Uint8Array`. Throws when it is not one. */
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): Fields {
  return requests[signal].decode(bytes) as unknown as Fields;
}

/** An export request from JSON. Throws when it is not JSON, or not an object. */
export function decodeJson(bytes: Uint8Array): Fields {
  const request: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw new TypeError("the request is not an object");
  return request as Fields;
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
