import { labelsOf } from "#services-demo/domain/order.ts";
import { sagaTypeOf } from "#services-demo/domain/plan.ts";
import type { VersionOf } from "./history-events.ts";
import { type Hop, hopOf } from "./hops.ts";
import type { Random } from "./random.ts";
import type { SimulatedSaga, Try } from "./simulate-saga.ts";

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: number };
}

/** A span as OTLP's JSON has it, and whose it is. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface OtlpLog {
  readonly timeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: { readonly stringValue: string };
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly Attribute[];
}

export interface Telemetry {
  /** `from` is `service@version`. */
  readonly spans: readonly { readonly from: string; readonly span: OtlpSpan }[];
  readonly logs: readonly { readonly from: string; readonly log: OtlpLog }[];
}

const kinds = { internal: 1, server: 2, consumer: 5 } as const;

/** The spans and log lines that the demo's services would have exported for this saga. */
export function historyTelemetry(
  saga: SimulatedSaga,
  { hops, random, versionOf }: { hops: ReadonlyMap<Try, Hop>; random: Random; versionOf: VersionOf },
): Telemetry {
  const from = (service: string) => `${service}@${versionOf(service, saga.startMs)}`;
  const spans: Telemetry["spans"][number][] = [];
  const logs: Telemetry["logs"][number][] = [];
  let before: Hop | undefined;
  for (const hop of new Set(saga.tries.map((one) => hopOf(hops, one)))) {
    const own = before ? consumed(saga, hop, { before, random }) : requested(saga, hop, random);
    spans.push(...own.map(({ service, span }) => ({ from: from(service), span })));
    logs.push(...hop.tries.map((one) => ({ from: from(one.service), log: spoken(saga, one, hop) })));
    before = hop;
  }
  return { spans, logs };
}

/** The HTTP hop: the gateway's request and the order service's part of it. */
function requested(saga: SimulatedSaga, hop: Hop, random: Random) {
  const [first] = hop.tries;
  if (!first) return [];
  const gatewaySpanId = random.hex(16);
  const status = [
    text("http.request.method", "POST"),
    number("http.response.status_code", 202),
    ...sagaAttributes(saga, first.step),
  ];
  const gateway: OtlpSpan = {
    traceId: hop.traceId,
    spanId: gatewaySpanId,
    name: "POST /orders/orders",
    kind: kinds.server,
    startTimeUnixNano: nanos(saga.startMs - 0.9),
    endTimeUnixNano: nanos(first.endMs + 0.7),
    attributes: [
      ...status,
      text("http.route", "/orders/orders"),
      text("url.path", "/orders/orders"),
      text("gateway.outcome", "proxied"),
    ],
    status: {},
  };
  const orders: OtlpSpan = {
    traceId: hop.traceId,
    spanId: hop.spanId,
    parentSpanId: gatewaySpanId,
    name: "POST /orders",
    kind: kinds.server,
    startTimeUnixNano: nanos(saga.startMs - 0.2),
    endTimeUnixNano: nanos(first.endMs + 0.3),
    attributes: [...status, text("http.route", "/orders"), text("url.path", "/orders")],
    status: {},
  };
  return [
    { service: "gateway", span: gateway },
    { service: "orders", span: orders },
  ];
}

/** A Kafka hop: its own trace, linked to the one that caused it; a child for each attempt where there were several. */
function consumed(saga: SimulatedSaga, hop: Hop, { before, random }: { before: Hop; random: Random }) {
  const first = hop.tries[0];
  const last = hop.tries.at(-1);
  if (!first || !last || first.lost) return [];
  const service = first.service;
  const topic = saga.order.mode === "orchestration" ? `${service}.commands` : `${before.tries[0]?.service}.events`;
  const process: OtlpSpan = {
    traceId: hop.traceId,
    spanId: hop.spanId,
    name: `process ${topic}`,
    kind: kinds.consumer,
    startTimeUnixNano: nanos(first.startMs - 0.4),
    endTimeUnixNano: nanos(last.endMs + 0.4),
    attributes: [
      text("messaging.system", "kafka"),
      text("messaging.destination.name", topic),
      text("messaging.operation.type", "process"),
      ...sagaAttributes(saga, first.step),
    ],
    links: [{ traceId: before.traceId, spanId: before.spanId }],
    status: statusOf(last),
  };
  const attempts = hop.tries.length > 1 ? hop.tries.map((one) => attempted(saga, one, { hop, random })) : [];
  return [process, ...attempts].map((span) => ({ service, span }));
}

function attempted(saga: SimulatedSaga, one: Try, { hop, random }: { hop: Hop; random: Random }): OtlpSpan {
  return {
    traceId: hop.traceId,
    spanId: random.hex(16),
    parentSpanId: hop.spanId,
    name: one.step,
    kind: kinds.internal,
    startTimeUnixNano: nanos(one.startMs),
    endTimeUnixNano: nanos(one.endMs),
    attributes: [...sagaAttributes(saga, one.step), number("saga.attempt", one.attempt)],
    status: statusOf(one),
  };
}

function spoken(saga: SimulatedSaga, one: Try, hop: Hop): OtlpLog {
  const [severityNumber, severityText] = one.error || one.lost ? ([13, "WARN"] as const) : ([9, "INFO"] as const);
  return {
    timeUnixNano: nanos(one.endMs),
    severityNumber,
    severityText,
    body: { stringValue: sentence(saga, one) },
    traceId: hop.traceId,
    spanId: hop.spanId,
    attributes: [...sagaAttributes(saga, one.step), text("orderId", saga.order.orderId)],
  };
}

function sentence({ order }: SimulatedSaga, one: Try): string {
  if (one.lost) return `no charge found to refund for ${order.orderId}; message skipped`;
  if (one.error) return `${one.step} failed for ${order.orderId}, attempt ${one.attempt}: ${one.error.message}`;
  const { amount, quantity, sku } = labelsOf(order);
  const money = one.step.endsWith("payment") ? `, ${amount}` : "";
  const goods = one.step.endsWith("stock") ? `, ${quantity} × ${sku}` : "";
  return `${one.step} done for ${order.orderId}${money}${goods}`;
}

const sagaAttributes = (saga: SimulatedSaga, step: string) => [
  text("saga.id", saga.id),
  text("saga.type", sagaTypeOf[saga.order.mode]),
  text("saga.step", step),
  text("demo", "history"),
];

const statusOf = ({ error }: Try) => (error ? { code: 2, message: error.message } : {});
const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } });
const number = (key: string, intValue: number): Attribute => ({ key, value: { intValue } });

/** Nanoseconds since the epoch, as OTLP's JSON writes 64-bit numbers. */
function nanos(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.min(999_999, Math.floor((ms - whole) * 1e6))).padStart(6, "0")}`;
}
