import {
  type Context,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { Registry } from "prom-client";
import { isTransient } from "./database.ts";
import type { Logger } from "./log.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The request's own span and the context in which its handlers run. */
    traced: { span: Span; context: Context } | undefined;
    /** The route as traffic is counted by; the router's pattern unless a handler knows better. */
    trafficRoute: string | undefined;
    /** More attributes of the span and the duration's metric: few values only. */
    trafficAttributes: Record<string, string>;
  }
}

const tracer = trace.getTracer("services-demo");
/** Boundaries (seconds) that HTTP's semantic conventions advise. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const probes = new Set(["/healthz", "/readyz", "/metrics"]);

export interface HttpAppOptions {
  readonly log: Logger;
  readonly registry: Registry;
  /** Why the service cannot work yet; undefined once it can. */
  readonly notReady: () => string | undefined;
  readonly bodyLimitBytes?: number;
}

/** A server with probes, SERVER spans, `http.server.request.duration`, access logs and errors as `{"error": "…"}`. */
export function createHttpApp({
  log,
  registry,
  notReady,
  bodyLimitBytes = 64 * 1024,
}: HttpAppOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    return503OnClosing: true,
    frameworkErrors: (error, _request, reply) => {
      (reply as FastifyReply).code(error.statusCode ?? 400).send({ error: error.message });
    },
    onConstructorPoisoning: "error",
    onProtoPoisoning: "error",
  });
  app.decorateRequest("traced", undefined);
  app.decorateRequest("trafficRoute", undefined);
  app.addHook("onRequest", createTraffic(log));
  // Reading the body leaves the async context behind: enter it again before the handler.
  app.addHook("preValidation", (request, _reply, done) => {
    if (request.traced) context.with(request.traced.context, done);
    else done();
  });
  app.get("/healthz", () => "ok\n");
  app.get("/readyz", (_request, reply) => {
    const reason = notReady();
    return reply.code(reason === undefined ? 200 : 503).send(`${reason ?? "ready"}\n`);
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "Not found" }));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: error.message });
    if (isTransient(error)) {
      log.warn({ error: error.message, method: request.method, url: request.url }, "A request could not be served");
      return reply.code(503).header("retry-after", "1").send({ error: "The service's database is away; try again" });
    }
    log.error({ err: error, method: request.method, url: request.url }, "A request failed");
    request.traced?.span.recordException(error);
    return reply.code(status).send({ error: status === 503 ? error.message : "The service failed; its log says why" });
  });
  return app;
}

function createTraffic(log: Logger) {
  const duration = metrics.getMeter("services-demo").createHistogram("http.server.request.duration", {
    description: "Duration of HTTP server requests.",
    unit: "s",
    advice: { explicitBucketBoundaries: boundaries },
  });
  return (
    request: FastifyRequest,
    reply: { raw: NodeJS.EventEmitter & { statusCode: number; getHeader(name: string): unknown } },
    done: () => void,
  ) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (probes.has(path)) return done();
    request.trafficAttributes = {};
    const startedMs = performance.now();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = {
      "http.request.method": request.method,
      "url.path": path,
      "url.scheme": "http",
      "server.address": request.hostname,
      "client.address": request.ip,
      "user_agent.original": request.headers["user-agent"] ?? "",
    };
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent);
    const inSpan = trace.setSpan(parent, span);
    request.traced = { span, context: inSpan };
    reply.raw.once("close", () => {
      const seconds = (performance.now() - startedMs) / 1000;
      const route = request.trafficRoute ?? request.routeOptions.url ?? "unmatched";
      const status = reply.raw.statusCode;
      const sagaId = reply.raw.getHeader("x-saga-id");
      const counted = { ...request.trafficAttributes, "http.route": route, "http.response.status_code": status };
      span.updateName(`${request.method} ${route}`);
      span.setAttributes(typeof sagaId === "string" ? { ...counted, "saga.id": sagaId } : counted);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      duration.record(seconds, { ...counted, "http.request.method": request.method, "url.scheme": "http" });
      context.with(inSpan, () =>
        log.info(
          { method: request.method, route, status, durationMs: Math.round(seconds * 1e4) / 10, "saga.id": sagaId },
          `${request.method} ${path} answered ${status}`,
        ),
      );
      span.end();
    });
    context.with(inSpan, done);
  };
}
