import type { Demo, OrderRequest } from "#services-demo/domain/order.ts";
import type { Random } from "./random.ts";

/** What becomes of an order, in shares of all. */
const usualShares = {
  success: 0.86,
  slow: 0.04,
  card_declined: 0.04,
  out_of_stock: 0.03,
  carrier_timeout: 0.026,
  lost_compensation: 0.002,
} as const;
export type Outcome = keyof typeof usualShares;
export type Shares = Readonly<Record<Outcome, number>>;

/** The mix while the carrier is down. */
export const carrierOutage: Shares = { ...usualShares, carrier_timeout: 0.3 };

/** One order to place, and what is to befall it. */
export interface Scenario {
  readonly outcome: Outcome;
  readonly request: OrderRequest;
}

const catalogue = [
  { sku: "lamp-oak", euros: 89 },
  { sku: "chair-ash", euros: 149 },
  { sku: "desk-pine", euros: 329 },
  { sku: "mug-stone", euros: 14.5 },
  { sku: "rug-wool", euros: 219 },
  { sku: "vase-clay", euros: 39.9 },
] as const;

/** The next order of the mix; the same `random` gives the same orders. */
export function nextScenario(random: Random, shares: Shares = usualShares): Scenario {
  const { sku, euros } = random.pick(catalogue);
  const quantity = Number(random.weighted({ 1: 70, 2: 20, 3: 10 }));
  const outcome = random.weighted(shares);
  return {
    outcome,
    request: {
      customerId: `c-${random.int(1, 500)}`,
      items: [{ sku, quantity }],
      amount: { value: Number((euros * quantity).toFixed(2)), currency: "EUR" },
      mode: random.chance(0.5) ? "choreography" : "orchestration",
      demo: { label: "live", ...demoOf(outcome, random) },
    },
  };
}

/** What the demo's services are told to let go wrong, so that the order comes to this. */
function demoOf(outcome: Outcome, random: Random): Demo {
  const carrierTimeout = { step: "schedule-shipment", code: "carrier_timeout" } as const;
  switch (outcome) {
    case "success":
      return {};
    case "slow":
      return { fault: { step: "charge-payment", delayMs: random.int(2_500, 8_000) } };
    case "card_declined":
      return { fault: { step: "charge-payment", code: "card_declined" } };
    case "out_of_stock":
      return { fault: { step: "reserve-stock", code: "out_of_stock" } };
    case "carrier_timeout":
      return { fault: carrierTimeout };
    case "lost_compensation":
      return { fault: carrierTimeout, lostCompensation: "refund-payment" };
  }
}
