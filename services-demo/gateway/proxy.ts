import type { IncomingHttpHeaders } from "node:http";
import replyFrom from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "#services-demo/chassis/log.ts";
import { limitBody } from "./limit-body.ts";
import type { GatewaySettings } from "./settings.ts";
import { trafficRoute } from "./traffic-route.ts";

/** What became of a request, as an attribute of its span and its duration's metric. */
export type GatewayOutcome = "proxied" | "not_found" | "bad_request" | "too_large" | "timeout" | "unreachable";

/** Belong to one connection and are not passed on; `expect` and `upgrade` cannot be. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
];
/** Set anew for each hop by the HTTP client's instrumentation. */
const tracing = ["traceparent", "tracestate"];

/** How long a body that is too big is read and thrown away. */
const patienceMs = 5_000;

/** Routes `/{service}/{path}` to the service, with method, headers, query and body, streamed both ways. */
export async function addProxy(app: FastifyInstance, settings: GatewaySettings, log: Logger): Promise<void> {
  const { GATEWAY_ROUTES: upstreams, GATEWAY_TIMEOUT_MS: timeoutMs, GATEWAY_BODY_LIMIT_BYTES: maxBytes } = settings;
  await app.register(replyFrom, {
    undici: {
      connections: 128,
      pipelining: 1,
      connectTimeout: 3000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    },
    disableRequestLogging: true,
    retryMethods: [],
  });
  // The body is the service's to read, whatever it is.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, payload, done) => {
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > maxBytes) {
      request.trafficAttributes["gateway.outcome"] = "too_large" satisfies GatewayOutcome;
      const error = Object.assign(new Error(`The body has more than ${maxBytes} bytes`), { statusCode: 413 });
      // Cut off while it writes, a client never reads the answer.
      const answer = setTimeout(() => payload.destroy(), patienceMs);
      return payload.resume().once("close", () => {
        clearTimeout(answer);
        done(error, undefined);
      });
    }
    const limited = limitBody(maxBytes);
    payload.once("error", (error) => limited.destroy(error));
    // reply-from hears of it by the failing request; here it would only be unheard.
    limited.on("error", () => {});
    return done(null, payload.pipe(limited));
  });
  app.all("/*", (request, reply) => {
    const { service, path } = target(request.url);
    const upstream = upstreams.get(service);
    if (upstream === undefined)
      return refuse(request, reply, { outcome: "not_found", status: 404, error: "Service not found" });
    request.trafficRoute = `/${service}/*`;
    if (!isPlain(path))
      return refuse(request, reply, { outcome: "bad_request", status: 400, error: "The path is not valid" });
    return proxy(request, reply, { service, upstream, path, log });
  });
}

function proxy(
  request: FastifyRequest,
  reply: FastifyReply,
  { service, upstream, path, log }: { service: string; upstream: string; path: string; log: Logger },
): FastifyReply {
  request.trafficAttributes["gateway.service"] = service;
  return reply.from(`${upstream}${path}`, {
    rewriteRequestHeaders: (original, headers) => forwarded(original as FastifyRequest, headers),
    rewriteHeaders: (headers) => without(headers, hopByHop),
    onResponse: (_request, answer, upstreamReply) => {
      request.trafficAttributes["gateway.outcome"] = "proxied" satisfies GatewayOutcome;
      request.trafficRoute = trafficRoute(service, path, { known: answer.statusCode !== 404 });
      answer.send((upstreamReply as unknown as { stream: NodeJS.ReadableStream }).stream);
    },
    onError: (answer, { error }) => {
      const { body } = request as { body?: { exceeded?: boolean } };
      const refusal = refusalOf(error, { service, tooLarge: body?.exceeded === true });
      log.warn({ service, error: causeOf(error), outcome: refusal.outcome }, "A request could not be passed on");
      refuse(request, answer as FastifyReply, refusal);
    },
  });
}

interface Refused {
  readonly outcome: GatewayOutcome;
  readonly status: number;
  readonly error: string;
}

function refuse(request: FastifyRequest, reply: FastifyReply, { outcome, status, error }: Refused): FastifyReply {
  request.trafficAttributes["gateway.outcome"] = outcome;
  return reply.code(status).send({ error });
}

function refusalOf(error: Error, { service, tooLarge }: { service: string; tooLarge: boolean }): Refused {
  if (tooLarge) return { outcome: "too_large", status: 413, error: "The body is too large" };
  const { statusCode } = error as Error & { statusCode?: number };
  if (statusCode === 504)
    return { outcome: "timeout", status: 504, error: `The service ${service} did not answer in time` };
  return { outcome: "unreachable", status: 502, error: `The service ${service} cannot be reached` };
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** `/orders/orders/1?x=y` as the service `orders` and its path `/orders/1`. */
function target(url: string): { service: string; path: string } {
  const path = url.split("?", 1)[0] ?? "/";
  const slash = path.indexOf("/", 1);
  return slash === -1
    ? { service: path.slice(1), path: "/" }
    : { service: path.slice(1, slash), path: path.slice(slash) };
}

/** Whether the path stays below the service's root however it is decoded, and decodes at all. */
function isPlain(path: string): boolean {
  try {
    return !decodeURIComponent(path).split(/[/\\]/).includes("..") && !path.startsWith("//");
  } catch {
    return false;
  }
}

function forwarded(request: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const before = headers["x-forwarded-for"];
  return {
    ...without(headers, [...hopByHop, ...tracing]),
    "x-forwarded-for": before ? `${before}, ${request.ip}` : request.ip,
    "x-forwarded-host": request.headers.host ?? "",
    "x-forwarded-proto": "http",
  };
}

function without<H extends object>(headers: H, names: readonly string[]): H {
  const unwanted = new Set(names);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !unwanted.has(name))) as H;
}
