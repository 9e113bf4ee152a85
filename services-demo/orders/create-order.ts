import { createHash } from "node:crypto";
import { SagaId } from "#contracts/ids.ts";
import type { SagaEvent } from "#contracts/saga-event.ts";
import { enqueue, sagaEventMessage } from "#sdk/outbox.ts";
import { causedBy, type SagaContext } from "#sdk/saga-context.ts";
import type { SagaEmitter } from "#sdk/saga-emitter.ts";
import type { Transaction } from "#services-demo/chassis/database.ts";
import { outgoing } from "#services-demo/chassis/outgoing.ts";
import { Refusal } from "#services-demo/chassis/parsed.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { insertRun } from "#services-demo/chassis/step-runs.ts";
import { labelsOf, type Order, type OrderRequest, subjectOf } from "#services-demo/domain/order.ts";
import { deadlineMs, plan, sagaTypeOf, sagaVersion, undoOrder } from "#services-demo/domain/plan.ts";
import { uuid7 } from "./uuid7.ts";

export interface CreatedOrder {
  readonly orderId: string;
  readonly sagaId: string;
  readonly status: "PENDING";
}

const step = "create-order";

/**
 * Saves the order as PENDING and begins its saga, in one transaction with the messages that say so.
 * The same `idempotencyKey` again gives the same answer; with another request it is refused with 422.
 */
export async function createOrder(
  request: OrderRequest,
  idempotencyKey: string | undefined,
  { database, emit, log }: ServicePorts,
): Promise<CreatedOrder> {
  const nowMs = Date.now();
  const order: Order = { ...request, orderId: uuid7(nowMs) };
  const requestHash = hashOf(request);
  const begun: SagaContext = {
    sagaId: SagaId.parse(`order-${order.orderId}`),
    sagaType: sagaTypeOf[order.mode],
    sagaVersion,
    sagaStarted: new Date(nowMs).toISOString(),
  };
  return await database.transaction(async (transaction) => {
    const made = await transaction.query(
      "INSERT orders",
      `INSERT INTO orders (order_id, saga_id, status, mode, customer_id, items, amount, idempotency_key,
         request_hash)
       VALUES ($1, $2, 'PENDING', $3, $4, $5, $6, $7, $8) ON CONFLICT (idempotency_key) DO NOTHING RETURNING order_id`,
      [
        order.orderId,
        begun.sagaId,
        order.mode,
        order.customerId,
        JSON.stringify(order.items),
        JSON.stringify(order.amount),
        idempotencyKey ?? null,
        requestHash,
      ],
    );
    if (made.length === 0) return await createdEarlier(transaction, { idempotencyKey, requestHash });
    const events = firstEvents(order, begun, emit);
    const stepDone = events[2];
    const saga = causedBy(begun, stepDone);
    await insertRun(transaction, saga.sagaId, { step, status: "done", attempt: 1, lastEventId: stepDone.id });
    await enqueue(transaction.client, [
      ...events.map(sagaEventMessage),
      order.mode === "choreography"
        ? outgoing("orders.events", { type: "OrderCreated", order }, saga)
        : outgoing("orchestrator.commands", { type: "FulfilOrder", order }, saga),
    ]);
    log.info(
      { "saga.id": saga.sagaId, "saga.step": step, orderId: order.orderId, mode: order.mode },
      "Order created, pending",
    );
    return { orderId: order.orderId, sagaId: saga.sagaId, status: "PENDING" };
  });
}

/** The first answer to this key. */
async function createdEarlier(
  transaction: Transaction,
  { idempotencyKey, requestHash }: { idempotencyKey: string | undefined; requestHash: string },
): Promise<CreatedOrder> {
  const [earlier] = await transaction.query<{ orderId: string; sagaId: string; requestHash: string | null }>(
    "SELECT orders",
    `SELECT order_id AS "orderId", saga_id AS "sagaId", request_hash AS "requestHash" FROM orders
     WHERE idempotency_key = $1`,
    [idempotencyKey],
  );
  if (!earlier) throw new Error("The order with this idempotency key vanished");
  if (earlier.requestHash !== null && earlier.requestHash !== requestHash) {
    throw new Refusal(
      422,
      "idempotency-key: it was used for another request; repeat that one as it was, or take a new key",
    );
  }
  return { orderId: earlier.orderId, sagaId: earlier.sagaId, status: "PENDING" };
}

/** The same for the same request, whatever the order of its fields: parsing put them in the schema's. */
function hashOf(request: OrderRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}

/** The saga begins and its first step is done, each event the cause of the next. */
function firstEvents(order: Order, begun: SagaContext, emit: SagaEmitter): [SagaEvent, SagaEvent, SagaEvent] {
  const subject = subjectOf(order);
  const deadline = new Date(Date.parse(begun.sagaStarted) + deadlineMs).toISOString();
  const data = { step, attempt: 1 };
  const started = emit(begun, {
    type: "saga.started",
    subject,
    data: { plan: [...plan], undoOrder, deadline, labels: labelsOf(order) },
  });
  const stepStarted = emit(causedBy(begun, started), { type: "saga.step.started", subject, data });
  const stepDone = emit(causedBy(begun, stepStarted), { type: "saga.step.completed", subject, data });
  return [started, stepStarted, stepDone];
}
