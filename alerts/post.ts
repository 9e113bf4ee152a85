import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { readRetryAfter } from "./backoff.ts";
import { isPublicAddress, lookupPublic, PrivateAddressError } from "./public-address.ts";

/** What came of a POST. */
export type Posted =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterMs: number | null }
  | { readonly kind: "unanswered"; readonly error: string }
  /** We stopped it ourselves. */
  | { readonly kind: "stopped" };

export interface PostOptions {
  /** Whether it may go to loopback and private addresses. */
  readonly allowPrivate: boolean;
  /** For all of it, from the look-up of the host to the answer's headers. */
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly stop: AbortSignal;
}

/** Posts JSON and waits for the answer's headers; its body is not read, and a redirect is an answer like any other. */
export async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  { allowPrivate, timeoutMs, nowMs, stop }: PostOptions,
): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const target = new URL(url);
    if (!allowPrivate) refusePrivateLiteral(target);
    const request = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(body),
        "user-agent": "Sagascope-Webhooks/1",
        ...headers,
      },
      // A kept connection would spare the check of where it goes.
      agent: false,
      signal: AbortSignal.any([timeout, stop]),
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    });
    const answer = await answerTo(request, body);
    const status = answer.statusCode ?? 0;
    answer.destroy();
    return { kind: "answered", status, retryAfterMs: readRetryAfter(answer.headers["retry-after"], nowMs) };
  } catch (error) {
    if (stop.aborted) return { kind: "stopped" };
    if (timeout.aborted) return { kind: "unanswered", error: `No answer within ${timeoutMs / 1000} s` };
    return { kind: "unanswered", error: reasonOf(error) };
  }
}

/** An address written as such is never looked up, so it is checked here. */
function refusePrivateLiteral({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new PrivateAddressError(host, host);
}

function answerTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (answer) => {
      // Whatever breaks after the headers changes nothing.
      answer.on("error", () => undefined);
      resolve(answer);
    });
    request.end(body);
  });
}

function reasonOf(error: unknown): string {
  // Of a host with several addresses Node tries each, and its own message is empty.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
