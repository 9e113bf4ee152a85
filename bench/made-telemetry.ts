import { createHash } from "node:crypto";
import type { Fields } from "#contracts/otlp/json.ts";

const perRequest = 200;
const routes = ["/orders", "/orders/{id}", "/users/{id}", "/stock/{sku}", "/payments"];
const services = ["gateway", "orders", "payments", "inventory", "shipping"];

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const int = (key: string, intValue: number) => ({ key, value: { intValue: String(intValue) } });
const nanos = (ms: number, rest: number) => `${ms}${String(rest % 1_000_000).padStart(6, "0")}`;

/** What differs from one record to the next, the same for the same number. */
function made(number: number, beganMs: number) {
  const hash = createHash("sha256").update(`request ${number}`).digest();
  const atMs = beganMs + Math.floor(number / 20);
  return {
    traceId: hash.subarray(0, 16),
    spanId: hash.subarray(16, 24),
    parentSpanId: hash.subarray(24, 32),
    route: routes[number % routes.length] ?? "",
    at: nanos(atMs, number * 7919),
    later: nanos(atMs + 1 + (number % 90), number * 104_729),
  };
}

function span(number: number, beganMs: number): Fields {
  const { traceId, spanId, parentSpanId, route, at, later } = made(number, beganMs);
  const failed = number % 50 === 0;
  return {
    traceId,
    spanId,
    parentSpanId,
    flags: 257,
    name: `GET ${route}`,
    kind: 2 + (number % 2),
    startTimeUnixNano: at,
    endTimeUnixNano: later,
    attributes: [
      text("http.request.method", "GET"),
      text("http.route", route),
      int("http.response.status_code", failed ? 500 : 200),
      text("url.path", route.replace("{id}", String(number)).replace("{sku}", `sku-${number % 977}`)),
      text("url.scheme", "http"),
      text("server.address", "gateway.shop.svc.cluster.local"),
      int("server.port", 8080),
      text("network.protocol.version", "1.1"),
      text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
      text("saga.id", `order-${number}`),
    ],
    events: failed
      ? [{ timeUnixNano: later, name: "exception", attributes: [text("exception.message", "The card was declined")] }]
      : [],
    links: number % 10 === 0 ? [{ traceId, spanId: parentSpanId }] : [],
    status: failed ? { code: 2, message: "The card was declined" } : {},
  };
}

function logRecord(number: number, beganMs: number): Fields {
  const { traceId, spanId, route, at, later } = made(number, beganMs);
  return {
    timeUnixNano: at,
    observedTimeUnixNano: later,
    severityNumber: 9,
    severityText: "INFO",
    body: { stringValue: `GET ${route} answered 200 in ${number % 90} ms for customer c-${number % 500}` },
    attributes: [
      text("http.route", route),
      int("http.response.status_code", 200),
      int("duration_ms", number % 90),
      text("logger.name", "access"),
      text("saga.id", `order-${number}`),
    ],
    flags: 1,
    traceId,
    spanId,
  };
}

const resource = (service: string) => ({
  attributes: [
    text("service.name", service),
    text("service.version", "v1.4.2"),
    text("service.instance.id", `${service}-7c9f6d9b8-x2x4z`),
    text("deployment.environment.name", "production"),
    text("k8s.namespace.name", "shop"),
    text("k8s.pod.name", `${service}-7c9f6d9b8-x2x4z`),
    text("telemetry.sdk.language", "nodejs"),
    text("telemetry.sdk.name", "opentelemetry"),
  ],
});
const scope = { name: "@opentelemetry/instrumentation-http", version: "0.223.0" };

export type MadeSignal = "traces" | "logs";

/** Export requests of 200 records each, `count` in all, the same for the same arguments; ids are bytes. */
export function* madeRequests(
  signal: MadeSignal,
  { count, beganMs }: { count: number; beganMs: number },
): Generator<Fields> {
  const record = signal === "traces" ? span : logRecord;
  for (let first = 0; first < count; first += perRequest) {
    const length = Math.min(perRequest, count - first);
    const records = Array.from({ length }, (_, index) => record(first + index, beganMs));
    const service = services[(first / perRequest) % services.length] ?? "";
    const resourceOfAll = resource(service);
    yield signal === "traces"
      ? { resourceSpans: [{ resource: resourceOfAll, scopeSpans: [{ scope, spans: records }] }] }
      : { resourceLogs: [{ resource: resourceOfAll, scopeLogs: [{ scope, logRecords: records }] }] };
  }
}

/** A made request as OTLP/JSON has it: ids in hex. */
export function otlpJson(request: Fields): string {
  return JSON.stringify(request, (_, value: unknown) =>
    isBytes(value) ? Buffer.from(value.data).toString("hex") : value,
  );
}

function isBytes(value: unknown): value is { readonly data: readonly number[] } {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer";
}
