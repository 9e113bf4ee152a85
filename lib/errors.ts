/** Every way in which Sagascope refuses or fails, by name. A transport maps each to its own status, totally. */
export const errorCodes = [
  "BAD_SETTING",
  "BAD_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "TOO_SLOW",
  "CONFLICT",
  "TOO_LARGE",
  "BODY_TOO_LARGE",
  "HEADERS_TOO_LARGE",
  "STORE_DOWN",
  "STORE_REFUSED",
  "KAFKA_DOWN",
  "KAFKA_REFUSED",
  "NOT_SET_UP",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The one error class: a code for programs, a message for people that says what to do, and the cause kept. */
export class SagascopeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "SagascopeError";
    this.code = code;
  }
}

/** The message of anything thrown, with its causes. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message}: ${messageOf(thrown.cause)}`;
}

/** For a `default:` that cannot be reached. */
export function assertNever(value: never): never {
  throw new SagascopeError("INTERNAL", `Unexpected value: ${JSON.stringify(value)}`);
}
