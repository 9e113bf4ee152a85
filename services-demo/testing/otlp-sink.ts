import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A span as OTLP/JSON has it, with its service. */
export interface SunkSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { traceId: string; spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface SunkLog {
  readonly service: string;
  readonly body: unknown;
  readonly traceId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Takes OTLP/HTTP JSON as a collector does and keeps it. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: SunkSpan[];
  readonly logs: SunkLog[];
  readonly metricNames: Set<string>;
  close(): Promise<void>;
}

type Json = Record<string, never>;
type Attribute = { key: string; value: Record<string, unknown> };

const attributesOf = (attributes: Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SunkSpan[] = [];
  const logs: SunkLog[] = [];
  const metricNames = new Set<string>();
  const take = (path: string, body: Json) => {
    for (const resource of (body.resourceSpans ?? body.resourceLogs ?? body.resourceMetrics ?? []) as Json[]) {
      const {
        resource: about,
        scopeSpans = [],
        scopeLogs = [],
        scopeMetrics = [],
      } = resource as unknown as Record<string, Json[]>;
      const service = String(
        attributesOf((about as unknown as { attributes: Attribute[] }).attributes)["service.name"],
      );
      const records = (scopes: Json[], field: string) => scopes.flatMap((scope) => (scope[field] ?? []) as Json[]);
      for (const span of records(scopeSpans, "spans"))
        spans.push({ ...(span as object), service, attributes: attributesOf(span.attributes) } as SunkSpan);
      for (const log of records(scopeLogs, "logRecords")) {
        const {
          body: text,
          traceId,
          attributes,
        } = log as unknown as { body: { stringValue: string }; traceId?: string; attributes: Attribute[] };
        logs.push({ service, body: text.stringValue, traceId, attributes: attributesOf(attributes) });
      }
      for (const metric of records(scopeMetrics, "metrics")) metricNames.add(`${service} ${metric.name}`);
    }
    return path;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    take(request.url ?? "", JSON.parse(text.toString()));
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    metricNames,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
