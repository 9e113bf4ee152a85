import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import type { Endpoints } from "#contracts/endpoints.ts";
import { cloudEventsContentType, type SagaEventInput } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";

const tickMs = 50;
const probesPerSecond = 5;
const pollMs = 50;
const giveUpMs = 20_000;

/**
 * Produces `rate` saga events a second for `seconds`, and measures for some of the sagas how long after its send began
 * `GET /api/v1/sagas/{id}` first answers 200 (ms, at a poll of 50 ms).
 */
export async function visibleInApi(
  { kafka: brokers, web, token }: Endpoints,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<{ delaysMs: number[]; sent: number; tookMs: number }> {
  const kafka = new Kafka({ clientId: "bench", brokers: brokers.split(","), logLevel: logLevel.ERROR });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const probes: Promise<number>[] = [];
  const sends: Promise<unknown>[] = [];
  const beganMs = performance.now();
  let sent = 0;
  for (let tick = 1; (tick * tickMs) / 1000 <= seconds; tick++) {
    const due = Math.floor((rate * tick * tickMs) / 1000) - sent;
    const events = sagaOf(due);
    const probed = tick % (1000 / tickMs / probesPerSecond) === 0 ? events[0] : undefined;
    const atMs = performance.now();
    sends.push(send(producer, events));
    if (probed) probes.push(untilVisible(`${web}/api/v1/sagas/${probed.correlationid}`, token, atMs));
    sent += due;
    await sleep(Math.max(0, beganMs + tick * tickMs - performance.now()));
  }
  await Promise.all(sends);
  const tookMs = performance.now() - beganMs;
  const delaysMs = await Promise.all(probes);
  await producer.disconnect();
  return { delaysMs, sent, tookMs };
}

/** A saga's beginning and steps, in all `count` events. */
function sagaOf(count: number): SagaEventInput[] {
  const id = `bench-${randomUUID()}`;
  const now = new Date().toISOString();
  const envelope = {
    specversion: "1.0" as const,
    source: "/services/bench",
    correlationid: id,
    time: now,
    sagastarted: now,
    sagatype: "bench",
    sagaversion: "1",
  };
  return Array.from({ length: count }, (_, index) =>
    index === 0
      ? { ...envelope, id: `${id}-0`, type: "saga.started" as const, data: { labels: { benchId: id } } }
      : {
          ...envelope,
          id: `${id}-${index}`,
          type: index % 2 === 1 ? ("saga.step.started" as const) : ("saga.step.completed" as const),
          data: { step: `step-${Math.ceil(index / 2)}`, attempt: 1, serviceVersion: "1.0.0" },
        },
  );
}

function send(producer: Producer, events: readonly SagaEventInput[]): Promise<unknown> {
  return producer.send({
    topic: topics.sagaEvents,
    messages: events.map((event) => ({
      key: event.correlationid,
      value: JSON.stringify(event),
      headers: { "content-type": cloudEventsContentType },
    })),
  });
}

async function untilVisible(url: string, token: string, fromMs: number): Promise<number> {
  while (performance.now() - fromMs < giveUpMs) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    if (answer.ok) return performance.now() - fromMs;
    await sleep(pollMs);
  }
  throw new Error(`${url} did not become visible within ${giveUpMs / 1000} s`);
}
