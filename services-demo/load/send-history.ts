import type { Producer } from "kafkajs";
import { cloudEventsContentType } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";
import type { Telemetry } from "./history-telemetry.ts";
import { pastDay } from "./past-day.ts";

const sagasPerBatch = 400;

export interface HistoryPorts {
  readonly producer: Producer;
  /** Posts one OTLP/JSON body to the collector; resolves when it is accepted. */
  readonly postOtlp: (signal: "traces" | "logs", body: unknown) => Promise<void>;
}

/**
 * Sends `count` sagas spread over the day before `endMs`, with their spans and logs, down the road that live ones take.
 * The same seed gives the same day. Resolves when Kafka and the collector have taken all.
 */
export async function sendHistory(
  { count, seed, endMs }: { count: number; seed: number; endMs: number },
  { producer, postOtlp }: HistoryPorts,
): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  for (const batch of batchesOf(pastDay({ count, seed, endMs }), sagasPerBatch)) {
    const telemetry = batch.map((saga) => saga.telemetry);
    const messages = batch.flatMap(({ id, events }) =>
      events.map((event) => ({
        key: id,
        value: JSON.stringify(event),
        headers: { "content-type": cloudEventsContentType },
      })),
    );
    await sent;
    sent = Promise.all([
      producer.send({ topic: topics.sagaEvents, messages, acks: -1 }),
      postOtlp("traces", tracesBody(telemetry)),
      postOtlp("logs", logsBody(telemetry)),
    ]);
    sent.catch(() => undefined);
  }
  await sent;
}

function* batchesOf<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const scope = { name: "sagascope-demo-history" };

function tracesBody(telemetry: readonly Telemetry[]) {
  const spans = telemetry.flatMap((one) => one.spans);
  return {
    resourceSpans: [...Map.groupBy(spans, ({ from }) => from)].map(([from, own]) => ({
      resource: resourceOf(from),
      scopeSpans: [{ scope, spans: own.map(({ span }) => span) }],
    })),
  };
}

function logsBody(telemetry: readonly Telemetry[]) {
  const logs = telemetry.flatMap((one) => one.logs);
  return {
    resourceLogs: [...Map.groupBy(logs, ({ from }) => from)].map(([from, own]) => ({
      resource: resourceOf(from),
      scopeLogs: [{ scope, logRecords: own.map(({ log }) => log) }],
    })),
  };
}

function resourceOf(from: string) {
  const [service = "", version = ""] = from.split("@");
  return {
    attributes: [
      { key: "service.name", value: { stringValue: service } },
      { key: "service.version", value: { stringValue: version } },
      { key: "demo", value: { stringValue: "history" } },
    ],
  };
}
