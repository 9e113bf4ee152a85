import type { Producer } from "kafkajs";
import { cloudEventsContentType } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";
import { historyEvents } from "./history-events.ts";
import { historyTelemetry, type Telemetry } from "./history-telemetry.ts";
import { hopsOf } from "./hops.ts";
import { createRandom } from "./random.ts";
import { carrierOutage, nextScenario } from "./scenario.ts";
import { simulateSaga } from "./simulate-saga.ts";
import { inOutage, versionAt } from "./versions.ts";

const dayMs = 86_400_000;
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
  const random = createRandom(seed);
  const versionOf = (service: string, atMs: number) => versionAt(service, { atMs, endMs });
  let sent: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < count; from += sagasPerBatch) {
    const messages: { key: string; value: string; headers: Record<string, string> }[] = [];
    const telemetry: Telemetry[] = [];
    for (let index = from; index < Math.min(from + sagasPerBatch, count); index++) {
      const startMs = endMs - dayMs + momentOf((index + 0.5) / count) * dayMs;
      const scenario = nextScenario(random, inOutage({ atMs: startMs, endMs }) ? carrierOutage : undefined);
      const saga = simulateSaga(scenario, startMs, random);
      const hops = hopsOf(saga, random);
      for (const event of historyEvents(saga, { hops, versionOf })) {
        messages.push({
          key: saga.id,
          value: JSON.stringify(event),
          headers: { "content-type": cloudEventsContentType },
        });
      }
      telemetry.push(historyTelemetry(saga, { hops, random, versionOf }));
    }
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

/** Where in the day (0..1) this share of its sagas has started: quieter at its ends, busiest past its middle. */
const momentOf = (share: number) => share + 0.08 * Math.sin(2 * Math.PI * share);

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
