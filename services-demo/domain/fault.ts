import type { SagaError } from "#contracts/saga-event.ts";
import type { Order } from "./order.ts";
import type { CompensationName, StepName } from "./plan.ts";

/** Errors that another attempt may get past. */
const retryableCodes = new Set([
  "carrier_timeout",
  "gateway_timeout",
  "connection_reset",
  "service_unavailable",
  "rate_limited",
]);

const messageOf: Readonly<Record<string, string>> = {
  card_declined: "The card issuer declined the charge",
  out_of_stock: "Not enough stock to reserve",
  carrier_timeout: "The carrier did not answer in time",
  carrier_rejected_address: "The carrier does not deliver to this address",
};

export function sagaError(code: string, message = messageOf[code] ?? `The step failed with ${code}`): SagaError {
  return { code, message, retryable: retryableCodes.has(code) };
}

export interface Injected {
  readonly delayMs: number;
  readonly error?: SagaError;
}

/** What the order's demo settings do to this attempt (from 1) of this step; pure. */
export function injectedFault(order: Order, step: StepName | CompensationName, attempt: number): Injected {
  const fault = [order.demo?.fault, order.demo?.compensationFault].find((each) => each?.step === step);
  if (!fault) return { delayMs: 0 };
  const delayMs = fault.delayMs ?? 0;
  const failing = fault.times ?? (step === "confirm-order" ? 2 : Number.POSITIVE_INFINITY);
  if (fault.code === undefined || attempt > failing) return { delayMs };
  const error = sagaError(fault.code);
  return { delayMs, error: { ...error, retryable: error.retryable || fault.times !== undefined } };
}

/** A number in [0, 1) that is the same for the same text: simulated work takes the same time in each run. */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
