import { setTimeout as sleep } from "node:timers/promises";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import { event } from "#ingest/testing.ts";
import type { Producer } from "#lib/kafka.ts";

/** What a flow has written so far: messages of events, and records of telemetry. */
export interface Written {
  readonly good: number;
  readonly garbage: number;
  readonly spans: number;
  readonly logs: number;
  /** Messages that hold no telemetry, to each of the two topics. */
  readonly badTelemetry: number;
}

export interface Flow {
  /** Writes so many events a second, and some telemetry, until it is stopped; resolves when the last batch is acknowledged. */
  run(perSecond: number, signal: AbortSignal): Promise<void>;
  /** Writes nothing while something is done. */
  pause<T>(meanwhile: () => Promise<T>): Promise<T>;
  readonly written: Written;
}

const eventsOfSaga = 4;
const batchMs = 100;
const recordsOfMessage = 5;

/** An endless run of small sagas over three days, and of spans and log lines; one message in a hundred is garbage of one kind or another. */
export function createFlow(producer: Producer, topics: { events: string; spans: string; logs: string }): Flow {
  let next = 0;
  let batches = 1;
  let pause: Promise<void> | undefined;
  let sending: Promise<unknown> = Promise.resolve();
  const written = { good: 0, garbage: 0, spans: 0, logs: 0, badTelemetry: 0 };
  const batch = (size: number) =>
    Array.from({ length: size }, () => {
      const number = next++;
      const isGarbage = number % 100 === 7;
      written[isGarbage ? "garbage" : "good"] += 1;
      return { key: sagaOf(number), value: isGarbage ? garbage(number) : JSON.stringify(made(number)) };
    });
  /** To two partitions each, so that there are chunks of more than one message. */
  const telemetry = () => {
    const number = batches++;
    const isGarbage = number % 100 === 7;
    if (isGarbage) written.badTelemetry += 1;
    else {
      written.spans += recordsOfMessage;
      written.logs += recordsOfMessage;
    }
    const message = (value: string | Buffer) => ({ partition: number % 2, value: isGarbage ? `{"${number}` : value });
    return [
      { topic: topics.spans, messages: [message(JSON.stringify(spansOf(number)))] },
      { topic: topics.logs, messages: [message(Buffer.from(encodeProtobuf("logs", logsOf(number))))] },
    ];
  };
  return {
    written,
    async run(perSecond, signal) {
      while (!signal.aborted) {
        const beganMs = Date.now();
        while (pause) await pause;
        const events = { topic: topics.events, messages: batch(Math.ceil((perSecond * batchMs) / 1_000)) };
        // Acknowledged or not known to be: the client repeats a batch until the broker has it, once.
        sending = producer.sendBatch({ topicMessages: [events, ...telemetry()] });
        await sending;
        await sleep(Math.max(0, beganMs + batchMs - Date.now()), undefined, { signal }).catch(() => undefined);
      }
    },
    async pause(meanwhile) {
      const { promise, resolve } = Promise.withResolvers<void>();
      pause = promise;
      try {
        await sending;
        return await meanwhile();
      } finally {
        pause = undefined;
        resolve();
      }
    },
  };
}

const sagaOf = (number: number) => `saga-${Math.floor(number / eventsOfSaga)}`;

function made(number: number): Record<string, unknown> {
  const place = number % eventsOfSaga;
  const day = 1 + (Math.floor(number / eventsOfSaga) % 3);
  return event({
    id: `event-${number}`,
    type: ["saga.started", "saga.step.started", "saga.step.completed", "saga.completed"][place],
    correlationid: sagaOf(number),
    sagastarted: `2026-01-0${day}T00:00:00Z`,
    data: place === 1 || place === 2 ? { step: "charge-payment" } : {},
  });
}

function garbage(number: number): string | null {
  const kinds = [`garbage ${number}`, JSON.stringify(event({ id: number })), JSON.stringify([number]), null];
  return kinds[Math.floor(number / 100) % kinds.length] ?? null;
}

const nanos = `${Date.now()}000000`;
const resource = { attributes: [{ key: "service.name", value: { stringValue: "orders" } }] };
const recordsOf = <T>(number: number, record: (at: number) => T): T[] =>
  Array.from({ length: recordsOfMessage }, (_, index) => record(number * recordsOfMessage + index));

function spansOf(number: number) {
  const span = (at: number) => ({
    traceId: "01".repeat(16),
    spanId: at.toString(16).padStart(16, "0"),
    name: "GET /orders",
    kind: 2,
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
  });
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: recordsOf(number, span) }] }] };
}

function logsOf(number: number) {
  const line = (at: number) => ({ timeUnixNano: nanos, severityText: "INFO", body: { stringValue: `line ${at}` } });
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: recordsOf(number, line) }] }] };
}
