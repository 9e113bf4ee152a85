import type { SagaError } from "#contracts/saga-event.ts";
import { injectedFault } from "#services-demo/domain/fault.ts";
import type { Order } from "#services-demo/domain/order.ts";
import { compensationOf, plan, type StepName } from "#services-demo/domain/plan.ts";
import { type Random, uuidV7 } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/** A try of a step or of a compensation, with when it was begun and ended (ms since the epoch, with fractions). */
export interface Try {
  readonly step: string;
  readonly service: Service;
  readonly attempt: number;
  readonly compensates?: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly error?: SagaError;
  /** The compensation was forgotten: nothing of it may be told. */
  readonly lost?: boolean;
}

export interface SimulatedSaga {
  readonly id: string;
  readonly order: Order;
  readonly startMs: number;
  readonly endMs: number;
  readonly end: "saga.completed" | "saga.compensated";
  readonly tries: readonly Try[];
}

/** Where each step's work is done, and how long it takes (ms, from mostly to at most). */
const work = {
  "create-order": { service: "orders", ms: [4, 18] },
  "reserve-stock": { service: "inventory", ms: [18, 140] },
  "charge-payment": { service: "payments", ms: [90, 900] },
  "schedule-shipment": { service: "shipping", ms: [120, 1_100] },
  "confirm-order": { service: "orders", ms: [4, 24] },
} as const satisfies Record<StepName, { service: string; ms: readonly [number, number] }>;
export type Service = (typeof work)[StepName]["service"];

const attemptsOfRetryable = 3;

/** Lives through one order as the demo's services would, from `startMs` on. */
export function simulateSaga({ request }: Scenario, startMs: number, random: Random): SimulatedSaga {
  const uuid = uuidV7(Math.floor(startMs), random);
  const order: Order = { ...request, orderId: `o-${uuid.slice(-8)}`, demo: { ...request.demo, label: "history" } };
  const tries: Try[] = [];
  const done: StepName[] = [];
  let atMs = startMs + random.skewed(0.5, 3);
  for (const step of plan) {
    const forward = tryStep(step, { order, atMs, random });
    tries.push(...forward);
    const last = forward.at(-1);
    atMs = (last?.endMs ?? atMs) + random.skewed(2, 30);
    if (last?.error) {
      tries.push(...undo(done, { order, atMs, random }));
      break;
    }
    done.push(step);
  }
  const endMs = Math.max(...tries.map((one) => one.endMs)) + random.skewed(1, 6);
  const end = done.length === plan.length ? "saga.completed" : "saga.compensated";
  return { id: `order-${uuid}`, order, startMs, endMs, end, tries };
}

interface Now {
  readonly order: Order;
  readonly atMs: number;
  readonly random: Random;
}

function tryStep(step: StepName, { order, atMs, random }: Now): Try[] {
  const tries: Try[] = [];
  let startMs = atMs;
  for (let attempt = 1; ; attempt++) {
    const { delayMs, error } = injectedFault(order, step, attempt);
    const { service, ms } = work[step];
    const workMs = error?.retryable ? 1_000 + random.skewed(0, 12) : random.skewed(ms[0], ms[1]);
    const endMs = startMs + workMs + delayMs;
    tries.push({ step, service, attempt, startMs, endMs, ...(error ? { error } : {}) });
    if (!error?.retryable || attempt === attemptsOfRetryable) return tries;
    startMs = endMs + 250 * 2 ** attempt + random.skewed(0, 60);
  }
}

function undo(done: readonly StepName[], { order, atMs, random }: Now): Try[] {
  const tries: Try[] = [];
  let startMs = atMs;
  for (const step of done.toReversed()) {
    const compensation = step in compensationOf ? compensationOf[step as keyof typeof compensationOf] : undefined;
    if (!compensation) continue;
    const endMs = startMs + random.skewed(8, 180);
    const lost = order.demo?.lostCompensation === compensation;
    tries.push({
      step: compensation,
      compensates: step,
      service: work[step].service,
      attempt: 1,
      startMs,
      endMs,
      lost,
    });
    startMs = endMs + random.skewed(2, 30);
  }
  return tries;
}
