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

/** An export request from JSON; integers that a number cannot hold are digits. Throws when it is not JSON, or not an object. */
export function decodeJson(bytes: Uint8Array): Fields {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const request = parseExactly(text);
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw new TypeError("the request is not an object");
  return request as Fields;
}

// They should be text, but may be numbers.
const largeInteger = /[:[,]\s*-?\d{16}/;

/** JSON in which integers are digits where they are past what a number of JavaScript holds exactly. */
export const parseExactly = (text: string): unknown =>
  largeInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && /^-?\d+$/.test(context?.source ?? "") ? context?.source : value;
}
