import { z } from "zod";
import { SagaError } from "#contracts/saga-event.ts";
import { Order } from "./order.ts";
import { compensations, plan } from "./plan.ts";

/** What services tell each other in a choreography, by topic. */
export const eventTypes = {
  "orders.events": ["OrderCreated", "OrderConfirmed", "OrderCancelled"],
  "inventory.events": ["InventoryReserved", "InventoryRejected", "StockReleased", "StockReleaseFailed"],
  "payments.events": ["PaymentProcessed", "PaymentFailed", "PaymentRefunded", "RefundFailed"],
  "shipping.events": ["ShipmentScheduled", "ShipmentFailed"],
} as const;
export type EventTopic = keyof typeof eventTypes;
export type EventType = (typeof eventTypes)[EventTopic][number];

/** What the coordinator asks for, by topic. */
export const commandTypes = {
  "orchestrator.commands": ["FulfilOrder"],
  "inventory.commands": ["ReserveStock", "ReleaseStock"],
  "payments.commands": ["ChargePayment", "RefundPayment"],
  "shipping.commands": ["ScheduleShipment"],
  "orders.commands": ["ConfirmOrder", "CancelOrder", "ParkOrder"],
} as const;
export type CommandTopic = keyof typeof commandTypes;
export type CommandType = (typeof commandTypes)[CommandTopic][number];

export const repliesTopic = "orchestrator.replies";

const error = SagaError.optional();

const eventsOf = <T extends readonly [string, ...string[]]>(types: T) =>
  z.object({ type: z.enum(types), order: Order, error });

/** A participant's answer to a command: what became of the step or compensation. */
export const Reply = z.object({
  type: z.enum(["StepReply"]),
  step: z.enum([...plan, ...compensations]),
  /** `skipped`: there was nothing to undo. */
  outcome: z.enum(["done", "failed", "skipped"]),
  order: Order,
  error,
});
export type Reply = z.infer<typeof Reply>;

/** What may stand on each of the demo's topics; all else goes to the dead letters. */
export const messageSchemas = {
  "orders.events": eventsOf(eventTypes["orders.events"]),
  "inventory.events": eventsOf(eventTypes["inventory.events"]),
  "payments.events": eventsOf(eventTypes["payments.events"]),
  "shipping.events": eventsOf(eventTypes["shipping.events"]),
  "orchestrator.commands": eventsOf(commandTypes["orchestrator.commands"]),
  "inventory.commands": eventsOf(commandTypes["inventory.commands"]),
  "payments.commands": eventsOf(commandTypes["payments.commands"]),
  "shipping.commands": eventsOf(commandTypes["shipping.commands"]),
  "orders.commands": eventsOf(commandTypes["orders.commands"]),
  [repliesTopic]: Reply,
} as const;
export type DemoTopic = keyof typeof messageSchemas;
export type MessageOn<T extends DemoTopic> = z.infer<(typeof messageSchemas)[T]>;

export const demoTopics = Object.keys(messageSchemas) as DemoTopic[];
