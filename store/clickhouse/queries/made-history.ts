import { createHash } from "node:crypto";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

/** A saga made for a test: what its events say of it, and the events, each once. */
export interface MadeSaga {
  readonly id: string;
  readonly type: string;
  readonly version: string;
  readonly subject: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly startedAt: string;
  /** Under which moment it is stored, where that is not when it started: then no event says when it did. */
  readonly storedAt?: string;
  readonly events: SagaEventRow[];
}

const steps = ["create-order", "reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"];
const undoes: Record<string, string> = {
  "create-order": "cancel-order",
  "reserve-stock": "release-stock",
  "charge-payment": "refund-payment",
};

/** `count` sagas that started within the `spanMs` before `nowMs`, of every outcome; the same for the same seed. */
export function makeHistory({
  count,
  nowMs,
  spanMs,
  seed,
}: {
  count: number;
  nowMs: number;
  spanMs: number;
  seed: string;
}): MadeSaga[] {
  return Array.from({ length: count }, (_, index) => {
    const chance = chanceOf(`${seed}-${index}`);
    const startedMs = Math.floor(nowMs - spanMs + chance() * (spanMs - 60_000));
    return makeSaga(`order-${hash(`${seed}-${index}`).slice(0, 20)}-${index}`, { startedMs, nowMs, chance });
  });
}

interface Making {
  startedMs: number;
  nowMs: number;
  chance: () => number;
}

function makeSaga(id: string, { startedMs, nowMs, chance }: Making): MadeSaga {
  const events: SagaEventRow[] = [];
  let ms = startedMs;
  const say = (type: string, more: Partial<SagaEventRow> = {}) => {
    ms += 1 + Math.floor(chance() * 400);
    const nano = String(Math.floor(chance() * 1e6)).padStart(6, "0");
    events.push({
      ...blank(`${id}-${events.length}`, startedMs),
      time: `${new Date(ms).toISOString().slice(0, -1)}${nano}Z`,
      type,
      ...more,
    });
  };
  const labels = { orderId: `o-${Math.floor(chance() * 500)}`, amount: `${(chance() * 100).toFixed(2)} EUR` };
  const deadline = chance() < 0.5 ? new Date(startedMs + 30_000).toISOString() : null;
  say("saga.started", {
    labels,
    plan: steps,
    undoOrder: "reverse",
    deadline,
    traceId: hash(`${id} trace`).slice(0, 32),
    spanId: hash(id).slice(0, 16),
  });
  const stopAt = chance() < 0.3 ? Math.floor(chance() * steps.length) : steps.length;
  const done: string[] = [];
  for (const [index, step] of steps.entries()) {
    const failing = index === stopAt;
    const attempts = failing || chance() < 0.1 ? 2 : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const source = `/services/${["orders", "inventory", "payments", "shipping", "orders"][index]}`;
      say("saga.step.started", { step, attempt, source });
      if (failing || attempt < attempts) {
        const code = ["card_declined", "out_of_stock", "carrier_timeout"][Math.floor(chance() * 3)] ?? "";
        say("saga.step.failed", {
          step,
          attempt,
          source,
          error: { code, message: `no. ${Math.floor(chance() * 9)}`, retryable: attempt < attempts },
        });
      } else {
        say("saga.step.completed", { step, attempt, source, serviceVersion: "v1.4.2" });
        done.push(step);
        if (chance() < 0.01) say("saga.step.completed", { step, attempt, source });
      }
    }
    if (failing || chance() < 0.02) break;
  }
  if (stopAt === steps.length) {
    if (done.length === steps.length) say("saga.completed");
  } else undo(done, { say, chance });
  const known = events.filter((event) => Date.parse(event.time) <= nowMs);
  const type = chance() < 0.5 ? "order-fulfilment" : "order-fulfilment-orchestrated";
  return {
    id,
    type,
    version: "3",
    subject: `order/${id}`,
    startedAt: new Date(startedMs).toISOString(),
    events: known,
  };
}

function undo(
  done: readonly string[],
  { say, chance }: { say: (type: string, more?: Partial<SagaEventRow>) => void; chance: () => number },
): void {
  for (const compensates of [...done].reverse()) {
    if (chance() < 0.05) continue;
    const step = undoes[compensates] ?? `undo-${compensates}`;
    say("saga.compensation.started", { step, compensates, attempt: 1 });
    if (chance() < 0.05) {
      say("saga.compensation.failed", {
        step,
        compensates,
        attempt: 1,
        error: { code: "bank_down", message: "", retryable: false },
      });
      say("saga.failed");
      if (chance() < 0.3) say("saga.resolved");
      return;
    }
    say("saga.compensation.completed", { step, compensates, attempt: 1 });
  }
  if (chance() < 0.9) say("saga.compensated");
}

function blank(id: string, startedMs: number): SagaEventRow {
  return {
    id,
    type: "",
    time: "",
    source: "/services/orders",
    step: "",
    attempt: 0,
    compensates: "",
    causationId: "",
    traceId: "",
    spanId: "",
    serviceVersion: "",
    labels: {},
    plan: [],
    undoOrder: null,
    deadline: null,
    error: null,
    payload: "",
    ingestedAt: new Date(startedMs).toISOString(),
    topic: "saga.events",
    partition: 0,
    offset: "0",
    duplicates: 0,
  };
}

/**
 * Stores the sagas' events as ingest would: out of order, in `parts` inserts, and about one in ten twice, in another
 * insert than the first time. `stored` is called after each.
 */
export async function storeHistory(
  client: StoreClient,
  sagas: readonly MadeSaga[],
  { parts = 5, stored = async () => undefined }: { parts?: number; stored?: (part: number) => Promise<void> } = {},
): Promise<void> {
  const rows = sagas.flatMap((saga) => saga.events.map((event) => ({ saga, event, at: hash(event.id) })));
  rows.sort((a, b) => (a.at < b.at ? -1 : 1));
  for (let part = 0; part < parts; part++) {
    const own = rows.filter(
      ({ at }, index) => index % parts === part || (index % parts === part - 1 && at.endsWith("0")),
    );
    await client.insert({
      table: "saga_events",
      format: "JSONEachRow",
      values: own.map(({ saga, event }) => columnsOf(saga, event)),
      clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
    });
    await stored(part);
  }
}

const asStored = (iso: string) => iso.replace("T", " ").replace("Z", "");

function columnsOf(saga: MadeSaga, event: SagaEventRow) {
  return {
    event_id: event.id,
    saga_id: saga.id,
    saga_type: saga.type,
    saga_version: saga.version,
    saga_started: asStored(saga.storedAt ?? saga.startedAt),
    start_unsaid: saga.storedAt !== undefined,
    event_type: event.type,
    time: asStored(event.time),
    source: event.source,
    subject: saga.subject,
    causation_id: event.causationId,
    trace_id: event.traceId,
    span_id: event.spanId,
    step: event.step,
    attempt: event.attempt,
    compensates: event.compensates,
    service_version: event.serviceVersion,
    labels: event.labels,
    plan: event.plan,
    undo_order: event.undoOrder ?? "",
    deadline: event.deadline === null ? "1970-01-01 00:00:00.000" : asStored(event.deadline),
    error_code: event.error?.code ?? "",
    error_message: event.error?.message ?? "",
    error_retryable: event.error?.retryable ?? false,
    payload: event.payload,
    ingested_at: asStored(event.ingestedAt),
    _topic: event.topic,
    _partition: event.partition,
    _offset: event.offset,
  };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

function chanceOf(seed: string): () => number {
  let count = 0;
  return () => createHash("sha256").update(`${seed} ${count++}`).digest().readUInt32LE(0) / 2 ** 32;
}
