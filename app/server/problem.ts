import type { Problem } from "#contracts/api/problem.ts";
import { type ErrorCode, messageOf, SagascopeError } from "#lib/errors.ts";
import { webLog } from "./web-log.ts";

const problems = {
  BAD_SETTING: { status: 500, title: "Sagascope is set up wrongly" },
  BAD_REQUEST: { status: 400, title: "The request is not understood" },
  UNAUTHORIZED: { status: 401, title: "Log in first" },
  FORBIDDEN: { status: 403, title: "Not allowed" },
  NOT_FOUND: { status: 404, title: "Not found" },
  METHOD_NOT_ALLOWED: { status: 405, title: "The method is not taken here" },
  TOO_SLOW: { status: 408, title: "The request took too long to come" },
  CONFLICT: { status: 409, title: "It was changed in the meantime" },
  TOO_LARGE: { status: 422, title: "The question is too large" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  HEADERS_TOO_LARGE: { status: 431, title: "The headers are too large" },
  STORE_DOWN: { status: 503, title: "The store cannot be reached" },
  STORE_REFUSED: { status: 502, title: "The store refused the question" },
  KAFKA_DOWN: { status: 503, title: "Kafka cannot be reached" },
  KAFKA_REFUSED: { status: 502, title: "Kafka refused the message" },
  NOT_SET_UP: { status: 501, title: "This is not set up here" },
  INTERNAL: { status: 500, title: "Something broke in Sagascope" },
} as const satisfies Record<ErrorCode, { status: number; title: string }>;

/** Codes whose message is written for the one who asked. */
const speaks: ReadonlySet<ErrorCode> = new Set([
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
]);

/** RFC 9457 problem details of anything thrown; text of unknown errors goes to the log and nowhere else. */
export function problemOf(thrown: unknown): Problem {
  const code = thrown instanceof SagascopeError ? thrown.code : "INTERNAL";
  const { status, title } = problems[code];
  if (status >= 500) webLog().error({ code, err: messageOf(thrown) }, "a question failed");
  const detail =
    thrown instanceof SagascopeError && speaks.has(code)
      ? thrown.message
      : "The log of this process says what. Try again; if it stays, report it.";
  return { type: `urn:sagascope:problem:${code.toLowerCase().replaceAll("_", "-")}`, title, status, detail };
}

export const methodNotAllowed = (method: string, allowed: readonly string[]): SagascopeError =>
  new SagascopeError("METHOD_NOT_ALLOWED", `It takes ${allowed.join(", ")}, and not ${method}.`);

/** What a problem's response says in its head. `allowed` belongs to `METHOD_NOT_ALLOWED`. */
export function problemHeaders({ status }: Problem, allowed?: readonly string[]): Record<string, string> {
  return {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="sagascope"' } : {}),
    ...(status === 503 ? { "retry-after": "2" } : {}),
    ...(allowed ? { allow: allowed.join(", ") } : {}),
  };
}

/** A problem as an HTTP response. */
export function problemResponse(thrown: unknown, allowed?: readonly string[]): Response {
  const problem = problemOf(thrown);
  return new Response(JSON.stringify(problem), { status: problem.status, headers: problemHeaders(problem, allowed) });
}
