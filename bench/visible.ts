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

/** Those of these sagas that can be seen. */
type VisibleOf = (sagaIds: readonly string[]) => Promise<readonly string[]>;

/** Under a load, how long after its send began `GET /api/v1/sagas/{id}` first answers 200. */
export function visibleInApi({ kafka, web, token }: Endpoints, load: Load): Promise<Visible> {
  const isVisible = async (id: string) => {
    const answer = await fetch(`${web}/api/v1/sagas/${id}`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.ok;
  };
  return delaysUntil(kafka, load, async (ids) => {
    const answers = await Promise.all(ids.map(isVisible));
    return ids.filter((_, index) => answers[index]);
  });
}

/** Under a load, how long after its send began the store can be asked for a saga. */
export function visibleInStore(
  { brokers, storedSagas }: Pick<StoreAndWorker, "brokers" | "storedSagas">,
  load: Load,
): Promise<Visible> {
  return delaysUntil(brokers, load, storedSagas);
}

/** Measures for some of the sagas that it produces. */
async function delaysUntil(brokers: string, { rate, seconds }: Load, visibleOf: VisibleOf): Promise<Visible> {
  const producer = await connectProducer(brokers);
  const probes = new Map<string, number>();
  const sends: Promise<unknown>[] = [];
  const beganMs = performance.now();
  let isSending = true;
  const watching = watch(probes, { visibleOf, isSending: () => isSending });
  let sent = 0;
  for (let tick = 1; (tick * tickMs) / 1000 <= seconds; tick++) {
    const due = Math.floor((rate * tick * tickMs) / 1000) - sent;
    const events = sagaOf(due);
    const probed = tick % (1000 / tickMs / probesPerSecond) === 0 ? events[0] : undefined;
    if (probed) probes.set(probed.correlationid, performance.now());
    sends.push(send(producer, events));
    sent += due;
    await sleep(Math.max(0, beganMs + tick * tickMs - performance.now()));
  }
  isSending = false;
  await Promise.all(sends);
  const tookMs = performance.now() - beganMs;
  const delaysMs = await watching;
  await producer.disconnect();
  return { delaysMs, sent, tookMs };
}

/**
 * How long each probe, a saga's id with when it was sent, took to be seen, in ms, at a poll of 50 ms. Behind a backlog it is a twentieth
 * of what the oldest has waited, and one question asks for all: hundreds would be the load.
 */
async function watch(
  probes: Map<string, number>,
  { visibleOf, isSending }: { visibleOf: VisibleOf; isSending: () => boolean },
): Promise<number[]> {
  const delaysMs: number[] = [];
  while (isSending() || probes.size > 0) {
    const beganMs = performance.now();
    const seen = probes.size === 0 ? [] : await visibleOf([...probes.keys()]);
    for (const id of seen) {
      delaysMs.push(performance.now() - (probes.get(id) ?? beganMs));
      probes.delete(id);
    }
    const [oldest] = probes;
    const waitedMs = oldest ? performance.now() - oldest[1] : 0;
    if (waitedMs > giveUpMs) throw new Error(`${oldest?.[0]} did not become visible within ${giveUpMs / 1000} s`);
    await sleep(Math.max(0, beganMs + Math.max(pollMs, waitedMs / 20) - performance.now()));
  }
  return delaysMs;
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
