import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { encodeStatus, encodeSuccess } from "#contracts/otlp/codec.ts";
import { type OtlpEncoding, otlpContentTypes, type Signal } from "#contracts/otlp/json.ts";
import { answerHealth } from "#lib/health-server.ts";
import type { Logger } from "#lib/log.ts";
import { checkRequest, encodingOf } from "./check-request.ts";
import type { Forwarder } from "./forwarder.ts";
import { createMetrics } from "./metrics.ts";
import { readBody } from "./read-body.ts";
import { grpcCodeOf, Refusal } from "./refusal.ts";

const signalOfPath: Readonly<Record<string, Signal>> = {
  "/v1/traces": "traces",
  "/v1/logs": "logs",
  "/v1/metrics": "metrics",
};

/** Beyond this, exporters have to wait: memory stays bounded however slow Kafka is. */
const maxInFlightBytes = 64 * 1024 * 1024;
const retryAfterSeconds = 1;
const drainWithinMs = 2_000;

export interface CollectorOptions {
  readonly forwarder: Forwarder;
  /** Where each signal goes. */
  readonly topics: Readonly<Record<Signal, string>>;
  readonly log: Logger;
}

/** The HTTP server of OTLP/HTTP, with health and metrics beside it; not listening yet. */
export function createCollector({ forwarder, topics, log }: CollectorOptions): Server {
  let inFlight = 0;
  const metrics = createMetrics(() => inFlight);
  const health = { registry: metrics.registry, notReady: () => forwarder.notReady() };

  const take = async (signal: Signal, request: IncomingMessage, encoding: OtlpEncoding) => {
    if (inFlight >= maxInFlightBytes) throw new Refusal(503, "Too much is waiting for Kafka: try again later.");
    let held = 0;
    try {
      const value = await readBody(request, (bytes) => {
        held += bytes;
        inFlight += bytes;
      });
      const records = checkRequest(signal, encoding, value);
      if (records > 0) await forwarder.forward(topics[signal], { value, contentType: otlpContentTypes[encoding] });
      metrics.records.inc({ signal }, records);
    } finally {
      inFlight -= held;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (await answerHealth(request, response, health)) return;
    const signal = signalOfPath[request.url?.split("?")[0] ?? ""];
    const encoding = encodingOf(request.headers["content-type"]);
    try {
      if (!signal) throw new Refusal(404, "Not found: OTLP goes to /v1/traces, /v1/logs or /v1/metrics.");
      if (request.method !== "POST") throw new Refusal(405, "OTLP is sent with POST.");
      if (!encoding) throw new Refusal(415, "Content-Type is application/x-protobuf or application/json.");
      await take(signal, request, encoding);
      response.writeHead(200, { "content-type": otlpContentTypes[encoding] }).end(encodeSuccess(encoding));
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      if (!(error instanceof Refusal)) log.error({ err: error }, "A request failed");
      const refusal = error instanceof Refusal ? error : new Refusal(500, "Something went wrong here; it is logged.");
      await drain(request);
      refuse(request, response, { refusal, encoding: encoding ?? "json" });
    }
    metrics.requests.inc({ signal: signal ?? "none", status: response.statusCode });
  };
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, "An answer could not be given");
      response.destroy();
    });
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { refusal, encoding }: { refusal: Refusal; encoding: OtlpEncoding },
): void {
  if (refusal.status === 503) response.setHeader("retry-after", String(retryAfterSeconds));
  if (refusal.status === 405) response.setHeader("allow", "POST");
  if (!request.complete) response.setHeader("connection", "close");
  response
    .writeHead(refusal.status, { "content-type": otlpContentTypes[encoding] })
    .end(encodeStatus(encoding, { code: grpcCodeOf[refusal.status], message: refusal.message }));
}

/** Lets a body that nobody wants run out, for a while: a client that is cut off while it writes misses the answer. */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  await new Promise<void>((resolve) => {
    const enough = setTimeout(resolve, drainWithinMs);
    request.resume().once("close", resolve).once("end", resolve);
    request.once("close", () => clearTimeout(enough));
  });
}
