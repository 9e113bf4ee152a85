import { setTimeout as sleep } from "node:timers/promises";
import { event } from "#ingest/testing.ts";
import type { Producer } from "#lib/kafka.ts";

/** What a flow has written so far. */
export interface Written {
  readonly good: number;
  readonly garbage: number;
}

export interface Flow {
  /** Writes at this pace until it is stopped; resolves when the last batch is acknowledged. */
  run(perSecond: number, signal: AbortSignal): Promise<void>;
  readonly written: Written;
}

const eventsOfSaga = 4;
const batchMs = 100;

/** An endless run of small sagas over three days; one message in a hundred is garbage of one kind or another. */
export function createFlow(producer: Producer, topic: string): Flow {
  let next = 0;
  const written = { good: 0, garbage: 0 };
  const batch = (size: number) =>
    Array.from({ length: size }, () => {
      const number = next++;
      const isGarbage = number % 100 === 7;
      written[isGarbage ? "garbage" : "good"] += 1;
      return { key: sagaOf(number), value: isGarbage ? garbage(number) : JSON.stringify(made(number)) };
    });
  return {
    written,
    async run(perSecond, signal) {
      while (!signal.aborted) {
        const beganMs = Date.now();
        // Acknowledged or not known to be: the client repeats a batch until the broker has it, once.
        await producer.send({ topic, messages: batch(Math.ceil((perSecond * batchMs) / 1_000)) });
        await sleep(Math.max(0, beganMs + batchMs - Date.now()), undefined, { signal }).catch(() => undefined);
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
