import { trace } from "@opentelemetry/api";
import { markProcessed } from "#sdk/inbox.ts";
import { enqueue, type OutgoingMessage, sagaEventMessage } from "#sdk/outbox.ts";
import { causedBy, SagaContext } from "#sdk/saga-context.ts";
import type { Transaction } from "#services-demo/chassis/database.ts";
import type { Delivery } from "#services-demo/chassis/messaging.ts";
import { outgoing } from "#services-demo/chassis/outgoing.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { Order, subjectOf } from "#services-demo/domain/order.ts";
import type { CompensationName, StepName } from "#services-demo/domain/plan.ts";
import { begin, type Decision, next, type SagaInput, type SagaState } from "./next.ts";

/** The command that asks for a step or compensation. */
const commandOf = {
  "create-order": undefined,
  "reserve-stock": { topic: "inventory.commands", type: "ReserveStock" },
  "charge-payment": { topic: "payments.commands", type: "ChargePayment" },
  "schedule-shipment": { topic: "shipping.commands", type: "ScheduleShipment" },
  "confirm-order": { topic: "orders.commands", type: "ConfirmOrder" },
  "refund-payment": { topic: "payments.commands", type: "RefundPayment" },
  "release-stock": { topic: "inventory.commands", type: "ReleaseStock" },
  "cancel-order": { topic: "orders.commands", type: "CancelOrder" },
} as const satisfies Record<StepName | CompensationName, unknown>;

/** How long an answer may take, by the number of sends: 20 s, 40 s, then a minute. The longest fault of the demo fits in. */
const answerWithinMs = (sends: number) => Math.min(20_000 * 2 ** (sends - 1), 60_000);

interface Saga {
  readonly order: Order;
  readonly context: SagaContext;
  readonly state: SagaState;
}

/** Begins to coordinate an order; a second command for the same order changes nothing. */
export async function beginSaga(order: Order, delivery: Delivery, ports: ServicePorts): Promise<void> {
  await ports.database.transaction(async (transaction) => {
    if (!(await markProcessed(transaction.client, delivery.id))) return;
    const made = await transaction.query(
      "INSERT sagas",
      `INSERT INTO sagas (saga_id, "order", context, state) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING saga_id`,
      [delivery.saga.sagaId, JSON.stringify(order), JSON.stringify(delivery.saga), JSON.stringify(begin.state)],
    );
    if (made.length === 0) return;
    await follow(transaction, { order, context: delivery.saga, state: begin.state }, { decision: begin, ports });
  });
}

/** Takes a participant's answer; the saga moves on in the same transaction as its next command goes out. */
export async function takeReply(
  input: SagaInput & { kind: "reply" },
  delivery: Delivery,
  ports: ServicePorts,
): Promise<void> {
  trace.getActiveSpan()?.setAttribute("saga.step", input.name);
  await ports.database.transaction(async (transaction) => {
    if (!(await markProcessed(transaction.client, delivery.id))) return;
    const saga = await lockSaga(transaction, delivery.saga.sagaId);
    // A reply can overtake nothing: it answers a command that this database sent. One of an unknown saga is not ours.
    if (!saga) return;
    const decision = next(saga.state, input);
    if (decision.state === saga.state) return;
    // The answer's event is what causes the next step's.
    await follow(transaction, { ...saga, context: delivery.saga }, { decision, ports });
  });
}

/** Deals with one saga whose answer is overdue; false when there is none. */
export async function takeTimeout(ports: ServicePorts): Promise<boolean> {
  return await ports.database.transaction(async (transaction) => {
    const { rows } = await transaction.client.query({
      name: "saga-due",
      text: "SELECT saga_id FROM sagas WHERE due_at < now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
      values: [],
    });
    const sagaId = rows[0]?.saga_id;
    if (typeof sagaId !== "string") return false;
    const saga = await lockSaga(transaction, sagaId);
    if (!saga) return false;
    const decision = next(saga.state, { kind: "timeout" });
    ports.log.warn({ "saga.id": sagaId, asksFor: decision.ask }, "No answer in time");
    await follow(transaction, saga, { decision, ports });
    return true;
  });
}

async function lockSaga(transaction: Transaction, sagaId: string): Promise<Saga | undefined> {
  const [row] = await transaction.query<{ order: unknown; context: unknown; state: SagaState }>(
    "SELECT sagas",
    `SELECT "order", context, state FROM sagas WHERE saga_id = $1 FOR UPDATE`,
    [sagaId],
  );
  return row && { order: Order.parse(row.order), context: SagaContext.parse(row.context), state: row.state };
}

/** Writes the decision down, with the command or the end that it means. */
async function follow(
  transaction: Transaction,
  { order, context }: Saga,
  { decision, ports }: { decision: Decision; ports: ServicePorts },
): Promise<void> {
  const { state, ask } = decision;
  const dueInMs = "sends" in state ? answerWithinMs(state.sends) : null;
  await transaction.query(
    "UPDATE sagas",
    `UPDATE sagas SET state = $2, context = $3, updated_at = now(),
       due_at = now() + make_interval(secs => $4::float8 / 1000) WHERE saga_id = $1`,
    [context.sagaId, JSON.stringify(state), JSON.stringify(context), dueInMs],
  );
  const fields = { "saga.id": context.sagaId, orderId: order.orderId, phase: state.phase };
  if (ask) {
    ports.log.info({ ...fields, "saga.step": ask }, `Asking for ${ask}`);
    await enqueue(transaction.client, [command(ask, order, context)]);
    return;
  }
  const ended = endOf(state);
  if (!ended) return;
  const event = ports.emit(context, {
    type: ended.type,
    subject: subjectOf(order),
    data: { ...(ended.error && { error: ended.error }) },
  });
  const park =
    state.phase === "failed"
      ? [outgoing("orders.commands", { type: "ParkOrder", order, error: state.error }, causedBy(context, event))]
      : [];
  await enqueue(transaction.client, [sagaEventMessage(event), ...park]);
  ports.log.info(fields, `The saga has ended: ${state.phase}`);
}

function endOf(state: SagaState) {
  if (state.phase === "completed") return { type: "saga.completed" } as const;
  if (state.phase === "compensated") return { type: "saga.compensated" } as const;
  return state.phase === "failed" ? ({ type: "saga.failed", error: state.error } as const) : undefined;
}

function command(name: StepName | CompensationName, order: Order, context: SagaContext): OutgoingMessage {
  const to = commandOf[name];
  if (!to) throw new RangeError(`Nobody can be asked for ${name}`);
  return outgoing(to.topic, { type: to.type, order } as never, context);
}
