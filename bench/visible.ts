import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Producer } from "kafkajs";
import type { Endpoints } from "#contracts/endpoints.ts";
import { cloudEventsContentType, type SagaEventInput } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";
import { connectProducer } from "./made-topic.ts";
import type { StoreAndWorker } from "./store-and-worker.ts";

const tickMs = 50;
const probesPerSecond = 5;
const pollMs = 50;
const giveUpMs = 300_000;

interface Load {
  /** Saga events a second. */
  readonly rate: number;
  readonly seconds: number;
}

interface Visible {
  readonly delaysMs: number[];
  readonly sent: number;
  readonly tookMs: number;
}

/** Under a load, how long after its send began `GET /api/v1/sagas/{id}` first answers 200. */
export function visibleInApi({ kafka, web, token }: Endpoints, load: Load): Promise<Visible> {
  return delaysUntil(kafka, load, async (id) => {
    const answer = await fetch(`${web}/api/v1/sagas/${id}`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.ok;
  });
}

/** Under a load, how long after its send began the store can be asked for a saga. */
export function visibleInStore(
  { brokers, hasSaga }: Pick<StoreAndWorker, "brokers" | "hasSaga">,
  load: Load,
): Promise<Visible> {
  return delaysUntil(brokers, load, hasSaga);
}

/** Measures for some of the sagas that it produces: ms, at a poll of 50 ms, or of a twentieth of what it waits. */
async function delaysUntil(
  brokers: string,
  { rate, seconds }: Load,
  isVisible: (sagaId: string) => Promise<boolean>,
): Promise<Visible> {
  const producer = await connectProducer(brokers);
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
    if (probed) probes.push(untilVisible(probed.correlationid, isVisible, atMs));
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

async function untilVisible(
  id: string,
  isVisible: (sagaId: string) => Promise<boolean>,
  fromMs: number,
): Promise<number> {
  while (performance.now() - fromMs < giveUpMs) {
    if (await isVisible(id)) return performance.now() - fromMs;
    // What waits behind a backlog is asked for less and less: hundreds of them would be the load.
    await sleep(Math.max(pollMs, (performance.now() - fromMs) / 20));
  }
  throw new Error(`${id} did not become visible within ${giveUpMs / 1000} s`);
}
