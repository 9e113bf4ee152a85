import { SpanStatusCode, trace } from "@opentelemetry/api";
import { EventId } from "#contracts/ids.ts";
import type { SagaError, SagaEvent } from "#contracts/saga-event.ts";
import { backoffMs, pause } from "#sdk/backoff.ts";
import { markProcessed } from "#sdk/inbox.ts";
import { enqueue, type OutgoingMessage, sagaEventMessage } from "#sdk/outbox.ts";
import { causedBy, type SagaContext } from "#sdk/saga-context.ts";
import type { SagaEmitter } from "#sdk/saga-emitter.ts";
import { fractionOf, injectedFault, sagaError } from "#services-demo/domain/fault.ts";
import { effectOf, type Order, subjectOf } from "#services-demo/domain/order.ts";
import type { CompensationName, StepName } from "#services-demo/domain/plan.ts";
import type { Database, Transaction } from "./database.ts";
import type { Logger } from "./log.ts";
import type { Delivery } from "./messaging.ts";
import { insertRun, lockRun, type StepRun, updateRun } from "./step-runs.ts";

/** A step, or what undoes one, as its service carries it out. */
export interface Work {
  readonly name: StepName | CompensationName;
  /** The step that this undoes. */
  readonly compensates?: StepName;
  /** What is waited for while it runs, as a span: `carrier.book`. */
  readonly activity: string;
  /** Shortest and longest time that the outside world takes (simulated, ms). */
  readonly takesMs: readonly [number, number];
  /** Infinity: it must work in the end, so that any error is retried. */
  readonly maxAttempts: number;
  /** Makes the effect, in the transaction that also says so; an error means that it left no trace. */
  readonly perform: (transaction: Transaction, order: Order) => Promise<SagaError | undefined>;
}

/** What became of the work; `skipped`: there was nothing to undo, or it had been undone before it could begin. */
export type Outcome = { kind: "done" } | { kind: "failed"; error: SagaError } | { kind: "skipped" };

export interface Task {
  readonly work: Work;
  readonly order: Order;
  readonly delivery: Delivery;
  /** What is told to others, again when asked again; `saga` has the work's last event as its cause. */
  readonly answer: (outcome: Outcome, saga: SagaContext) => readonly OutgoingMessage[];
  /** Further saga events, written once, when the work ends. */
  readonly conclude?: (outcome: Outcome, saga: SagaContext) => readonly SagaEvent[];
}

export interface Ports {
  readonly database: Database;
  readonly emit: SagaEmitter;
  readonly log: Logger;
}

interface Running {
  readonly attempt: number;
  readonly saga: SagaContext;
}

const tracer = trace.getTracer("services-demo");
const retry = { firstMs: 150, mostMs: 3000 };

/**
 * Carries out one step or compensation for one message: says that it begins (a transaction of its own, so that a running step is
 * seen), does the work, and writes effect, events and answer in one transaction; retries what may pass. However often the message
 * comes, or the process is killed, the effect happens once.
 */
export async function carryOut(task: Task, ports: Ports): Promise<void> {
  const { work, order, delivery } = task;
  trace.getActiveSpan()?.setAttribute("saga.step", work.name);
  let running = await ports.database.transaction((transaction) => begin(transaction, task, ports));
  while (running) {
    const { attempt, saga } = running;
    const injected = injectedFault(order, work.name, attempt);
    const [least, most] = work.takesMs;
    const takesMs = least + (most - least) * fractionOf(`${saga.sagaId} ${work.name} ${attempt}`) + injected.delayMs;
    await tracer.startActiveSpan(work.activity, async (span) => {
      await pause(takesMs, delivery.signal);
      if (injected.error) {
        span.setAttribute("error.type", injected.error.code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: injected.error.message });
      }
      span.end();
    });
    delivery.signal.throwIfAborted();
    const now: Running = running;
    const again = await ports.database.transaction((transaction) =>
      end(transaction, { task, ports, running: now, injected: injected.error }),
    );
    if (!again) return;
    await pause(backoffMs(attempt + 1, retry), delivery.signal);
    delivery.signal.throwIfAborted();
    running = await ports.database.transaction((transaction) =>
      beginAgain(transaction, { task, ports, saga: again, attempt: attempt + 1 }),
    );
  }
}

async function begin(transaction: Transaction, task: Task, ports: Ports): Promise<Running | undefined> {
  const { work, delivery } = task;
  const { sagaId } = delivery.saga;
  const step = work.name;
  if (work.compensates && !(await canUndo(transaction, task, ports))) {
    await insertRun(transaction, sagaId, { step, status: "skipped", attempt: 0 });
  } else {
    const event = lost(task)
      ? undefined
      : say(task, { emit: ports.emit, saga: delivery.saga, what: "started", attempt: 1 });
    const isNew = await insertRun(transaction, sagaId, {
      step,
      status: "running",
      attempt: 1,
      lastEventId: event?.id ?? null,
    });
    if (isNew)
      return event
        ? await tellStarted(transaction, { task, ports, event, attempt: 1 })
        : { attempt: 1, saga: delivery.saga };
  }
  const run = await lockRun(transaction, sagaId, step);
  if (!run) throw new Error(`The run of ${step} vanished`);
  const saga =
    run.lastEventId === null ? delivery.saga : causedBy(delivery.saga, { id: EventId.parse(run.lastEventId) });
  // Killed while it ran: go on with the same attempt, which the saga has heard of.
  if (run.status === "running") return { attempt: run.attempt, saga };
  // Ended before: asked once more, by another message, it answers once more.
  if (await markProcessed(transaction.client, delivery.id)) {
    await enqueue(transaction.client, task.answer(outcomeOf(run), saga));
  }
  return undefined;
}

/** Whether the step took effect; one that has not come yet is barred from ever running. */
async function canUndo(transaction: Transaction, { work, delivery, order }: Task, { emit }: Ports): Promise<boolean> {
  const step = work.compensates;
  if (!step) return false;
  const { sagaId } = delivery.saga;
  if (await insertRun(transaction, sagaId, { step, status: "skipped", attempt: 0 })) return false;
  const run = await lockRun(transaction, sagaId, step);
  if (run?.status !== "running") return run?.status === "done";
  const error = sagaError("abandoned", "Given up: the saga was undone before the step had ended");
  const event = emit(delivery.saga, {
    type: "saga.step.failed",
    subject: subjectOf(order),
    data: { step, attempt: run.attempt, error },
  });
  await updateRun(transaction, sagaId, { step, status: "failed", attempt: run.attempt, error, lastEventId: event.id });
  await enqueue(transaction.client, [sagaEventMessage(event)]);
  return false;
}

async function beginAgain(
  transaction: Transaction,
  { task, ports, saga, attempt }: { task: Task; ports: Ports; saga: SagaContext; attempt: number },
): Promise<Running> {
  const event = say(task, { emit: ports.emit, saga, what: "started", attempt });
  const run = { step: task.work.name, status: "running", attempt, error: null, lastEventId: event.id } as const;
  await updateRun(transaction, saga.sagaId, run);
  return await tellStarted(transaction, { task, ports, event, attempt });
}

async function tellStarted(
  transaction: Transaction,
  {
    task: { work, order, delivery },
    ports,
    event,
    attempt,
  }: { task: Task; ports: Ports; event: SagaEvent; attempt: number },
): Promise<Running> {
  await enqueue(transaction.client, [sagaEventMessage(event)]);
  const fields = { "saga.id": delivery.saga.sagaId, "saga.step": work.name, attempt, orderId: order.orderId };
  ports.log.info(fields, `${work.name} started`);
  return { attempt, saga: causedBy(delivery.saga, event) };
}

interface Ending {
  readonly task: Task;
  readonly ports: Ports;
  readonly running: Running;
  readonly injected: SagaError | undefined;
}

/** Ends the attempt; gives the saga's context when there must be another. */
async function end(
  transaction: Transaction,
  { task, ports, running, injected }: Ending,
): Promise<SagaContext | undefined> {
  const { work, order, delivery } = task;
  const { attempt, saga } = running;
  const { sagaId } = saga;
  if (lost(task)) {
    if (!(await markProcessed(transaction.client, delivery.id))) return undefined;
    await transaction.client.query({
      name: "run-lose",
      text: "UPDATE step_runs SET status = 'done' WHERE saga_id = $1 AND step = $2",
      values: [sagaId, work.name],
    });
    await enqueue(transaction.client, task.answer({ kind: "done" }, saga));
    return undefined;
  }
  const error = injected ?? (await work.perform(transaction, order));
  const again =
    error !== undefined &&
    attempt < work.maxAttempts &&
    (error.retryable || work.maxAttempts === Number.POSITIVE_INFINITY);
  if (!again && !(await markProcessed(transaction.client, delivery.id))) {
    throw new Error("The message was dealt with elsewhere at the same time");
  }
  const event = say(task, { emit: ports.emit, saga, what: error ? "failed" : "completed", attempt, error });
  const status = again ? "running" : error ? "failed" : "done";
  await updateRun(transaction, sagaId, {
    step: work.name,
    status,
    attempt,
    error: error ?? null,
    lastEventId: event.id,
  });
  const after = causedBy(saga, event);
  const outcome: Outcome = error ? { kind: "failed", error } : { kind: "done" };
  await enqueue(transaction.client, [
    sagaEventMessage(event),
    ...(again ? [] : (task.conclude?.(outcome, after) ?? []).map(sagaEventMessage)),
    ...(again ? [] : task.answer(outcome, after)),
  ]);
  const fields = { "saga.id": sagaId, "saga.step": work.name, attempt, orderId: order.orderId };
  if (error)
    ports.log.warn({ ...fields, "error.code": error.code, willRetry: again }, `${work.name} failed: ${error.message}`);
  else ports.log.info(fields, `${work.name} completed`);
  return again ? after : undefined;
}

/** The demo's way to break a promise: the work is said to be done, and nothing happens. */
function lost({ work, order }: Task): boolean {
  return work.compensates !== undefined && order.demo?.lostCompensation === work.name;
}

interface Saying {
  readonly emit: SagaEmitter;
  readonly saga: SagaContext;
  readonly what: "started" | "completed" | "failed";
  readonly attempt: number;
  readonly error?: SagaError | undefined;
}

function say({ work, order }: Task, { emit, saga, what, attempt, error }: Saying): SagaEvent {
  const subject = subjectOf(order);
  const labels = what === "completed" ? effectOf(work.name, order) : undefined;
  const data = { step: work.name, attempt, ...(labels && { labels }), ...(error && { error }) };
  if (work.compensates === undefined) return emit(saga, { type: `saga.step.${what}`, subject, data });
  return emit(saga, { type: `saga.compensation.${what}`, subject, data: { ...data, compensates: work.compensates } });
}

function outcomeOf({ status, error }: StepRun): Outcome {
  if (status === "done") return { kind: "done" };
  return status === "failed" ? { kind: "failed", error: error ?? sagaError("unknown") } : { kind: "skipped" };
}
