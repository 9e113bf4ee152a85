/** How an order is fulfilled: by events that services react to, or by a coordinator's commands. */
export const modes = ["choreography", "orchestration"] as const;
export type Mode = (typeof modes)[number];

export const sagaTypeOf = {
  choreography: "order-fulfilment",
  orchestration: "order-fulfilment-orchestrated",
} as const satisfies Record<Mode, string>;

export const sagaVersion = "3";

/** How long an order may take before it counts as overdue. */
export const deadlineMs = 60_000;

export const plan = ["create-order", "reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"] as const;
export type StepName = (typeof plan)[number];

export const compensations = ["cancel-order", "release-stock", "refund-payment"] as const;
export type CompensationName = (typeof compensations)[number];

/** What undoes a step. The pivot, `schedule-shipment`, and what follows it are never undone. */
export const compensationOf = {
  "create-order": "cancel-order",
  "reserve-stock": "release-stock",
  "charge-payment": "refund-payment",
} as const satisfies Partial<Record<StepName, CompensationName>>;

/** What was done last is undone first. */
export const undoOrder = "reverse";

/** Once this step is done, the order goes through: what follows is retried until it works. */
export const pivot = "schedule-shipment" satisfies StepName;
