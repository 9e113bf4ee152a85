import { createHash } from "node:crypto";
import type { SagaEventInput } from "#contracts/saga-event.ts";

const steps = ["create-order", "reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"];
const services = ["orders", "inventory", "payments", "shipping", "orders"];
const eventsOfSaga = 2 * steps.length + 2;

/** The event with this number of an endless run of healthy orders, about 460 bytes as JSON; the same for the same number. */
export function madeEvent(number: number, { beganMs }: { beganMs: number }): SagaEventInput {
  const saga = Math.floor(number / eventsOfSaga);
  const index = number % eventsOfSaga;
  const hash = createHash("sha256").update(`saga ${saga}`).digest("hex");
  const id = `order-${hash.slice(0, 20)}`;
  const startedMs = beganMs + saga * 10;
  const step = Math.floor((index - 1) / 2);
  const envelope = {
    specversion: "1.0" as const,
    id: `${id}-${index}`,
    source: `/services/${services[step] ?? "orders"}`,
    correlationid: id,
    ...(index === 0 ? {} : { causationid: `${id}-${index - 1}` }),
    subject: `order/${hash.slice(20, 28)}`,
    time: new Date(startedMs + index * 37).toISOString(),
    sagatype: "order-fulfilment",
    sagaversion: "3",
    sagastarted: new Date(startedMs).toISOString(),
    traceparent: `00-${hash.slice(0, 32)}-${hash.slice(32, 48)}-01`,
  };
  const data = { serviceVersion: "v1.4.2" };
  if (index === 0) {
    const labels = { orderId: `o-${saga}`, customerId: `c-${saga % 500}`, amount: "99.99 EUR" };
    return { ...envelope, type: "saga.started", data: { ...data, labels, plan: steps } };
  }
  if (index === eventsOfSaga - 1) return { ...envelope, type: "saga.completed", data };
  const type = index % 2 === 1 ? "saga.step.started" : "saga.step.completed";
  return { ...envelope, type, data: { ...data, step: steps[step] ?? "", attempt: 1 } };
}

/** What stands where this message of a topic should be an event, by turns: it is cut off, says too little, or is no JSON. */
export function madeGarbage(number: number, { beganMs }: { beganMs: number }): string {
  const event = madeEvent(number, { beganMs });
  switch (number % 3) {
    case 0:
      return JSON.stringify(event).slice(0, -40);
    case 1:
      return JSON.stringify({ ...event, correlationid: undefined });
    default:
      return `at ${event.time} something went wrong`;
  }
}
