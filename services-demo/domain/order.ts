import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { modes } from "./plan.ts";

const Name = Text.min(1).max(100);
/** Longest wait that a fault may add to a step. */
const maxDelayMs = 120_000;

const fault = {
  /** Fails with this code; without one, the step is only slow. */
  code: Name.regex(/^[a-z][a-z0-9_]*$/, "wants lower_snake_case").optional(),
  /** How many attempts fail before one works; without it all do (of `confirm-order` two, since it must not give up). */
  times: z.number().int().min(1).max(20).optional(),
  /** Added to the time that each attempt takes. */
  delayMs: z.number().int().min(0).max(maxDelayMs).optional(),
};

/** What the demo makes go wrong in this order; it travels along in the order's messages. */
export const Demo = z.strictObject({
  fault: z
    .strictObject({
      step: z.enum(["reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"]),
      ...fault,
    })
    .optional(),
  compensationFault: z.strictObject({ step: z.enum(["refund-payment", "release-stock"]), ...fault }).optional(),
  /** The service says it has undone this step, and has not. */
  lostCompensation: z.enum(["refund-payment", "release-stock"]).optional(),
  label: z.enum(["live", "history"]).optional(),
});
export type Demo = z.infer<typeof Demo>;

/** What a customer asks for: the body of `POST /orders`. */
export const OrderRequest = z.object({
  customerId: Name,
  items: z
    .array(z.object({ sku: Name, quantity: z.number().int().min(1).max(1000) }))
    .min(1)
    .max(100),
  amount: z.object({
    value: z.number().positive().max(1_000_000),
    currency: z.string().regex(/^[A-Z]{3}$/, "wants three capital letters"),
  }),
  mode: z.enum(modes).default("choreography"),
  demo: Demo.optional(),
});
export type OrderRequest = z.infer<typeof OrderRequest>;

/** An order as it travels in every message about it. */
export const Order = OrderRequest.extend({ orderId: Name });
export type Order = z.infer<typeof Order>;

const amountOf = ({ amount }: Order) => ({ amount: `${amount.value.toFixed(2)} ${amount.currency}` });
const stockOf = ({ items: [first] }: Order) => first && { sku: first.sku, quantity: String(first.quantity) };

/** What a step holds once it is done, until it is undone; undefined where that is nothing to name. */
export function effectOf(step: string, order: Order): Record<string, string> | undefined {
  if (step === "charge-payment") return amountOf(order);
  return step === "reserve-stock" ? stockOf(order) : undefined;
}

/** The business ids under which an operator finds the saga. */
export function labelsOf(order: Order): Record<string, string> {
  return {
    orderId: order.orderId,
    customerId: order.customerId,
    ...amountOf(order),
    demo: order.demo?.label ?? "live",
    ...stockOf(order),
  };
}

export const subjectOf = (order: Order): string => `order/${order.orderId}`;
