import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Attempt, SagaDetail, SagaEventRow, Step } from "#contracts/api/saga.ts";
import { barLabels } from "./bar-labels.ts";
import { layoutTimeline } from "./timeline-layout.ts";

const startMs = Date.UTC(2026, 10, 23, 12, 4, 5);
const iso = (ms: number) => new Date(startMs + ms).toISOString();

const attempt = (from: number | null, to: number | null, more: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  startedAtMs: from === null ? null : startMs + from,
  endedAtMs: to === null ? null : startMs + to,
  outcome: to === null ? "running" : "completed",
  service: "payments",
  serviceVersion: "1.4.2",
  traceId: "",
  error: null,
  ...more,
});
const timeout = { code: "carrier_timeout", message: "no answer in 2 s", retryable: true };
const step = (name: string, state: Step["state"], attempts: Attempt[], undo: Attempt[] = []): Step => ({
  name,
  state,
  attempts,
  compensation: undo.length > 0 ? { name: `undo-${name}`, attempts: undo } : null,
});

const undone = {
  state: "compensated",
  startedAt: iso(0),
  endedAt: iso(6200),
  lastEventAt: iso(6200),
  steps: [
    step("reserve-stock", "compensated", [attempt(100, 300)], [attempt(5700, 6200)]),
    step("charge-payment", "compensated", [attempt(350, 800)], [attempt(5000, 5600)]),
    step("ship", "failed", [
      attempt(900, 1500, { outcome: "failed", error: timeout }),
      attempt(2000, 2600, { attempt: 2, outcome: "failed", error: timeout }),
      attempt(3700, 4900, { attempt: 3, outcome: "failed", error: timeout }),
    ]),
    step("confirm-order", "skipped", []),
  ],
  events: [],
} satisfies Pick<SagaDetail, "state" | "startedAt" | "endedAt" | "lastEventAt" | "steps" | "events">;

const at = { nowMs: startMs + 60_000, widthPx: 900, fold: true };

test("an attempt waits in the queue from the end before it, a retry backs off", () => {
  const bars = layoutTimeline(undone, at).rows.flatMap((row) => row.bars);
  assert.deepEqual(
    bars.map((bar) => [bar.key, bar.queueMs, bar.backOffMs, bar.workMs]),
    [
      ["reserve-stock.1", 100, null, 200],
      ["undo-reserve-stock.1.reserve-stock", 100, null, 500],
      ["charge-payment.1", 50, null, 450],
      ["undo-charge-payment.1.charge-payment", 100, null, 600],
      ["ship.1", 100, null, 600],
      ["ship.2", null, 500, 600],
      ["ship.3", null, 1100, 1200],
    ],
  );
});

test("what caused an attempt counts before what ended last", () => {
  const event = (id: string, type: string, ms: number, causationId: string, of: string) =>
    ({ id, type, time: iso(ms), causationId, step: of, attempt: 1, compensates: "" }) as SagaEventRow;
  const events = [
    event("a", "saga.step.completed", 300, "", "reserve-stock"),
    event("b", "saga.step.started", 900, "a", "ship"),
  ];
  const bar = layoutTimeline({ ...undone, events }, at).rows[2]?.bars[0];
  assert.equal(bar?.queueMs, 600);
});

test("a compensation is tied to the end of what it undoes", () => {
  const row = layoutTimeline(undone, at).rows[1];
  const [done, undo] = row?.bars ?? [];
  assert.ok(row?.tie && done && undo);
  assert.equal(row.tie.x, done.work.x + done.work.width);
  assert.ok(Math.abs(row.tie.x + row.tie.width - (undo.queue?.x ?? 0)) < 1e-9);
});

test("a step that an ended saga never reached is not sketched as still to come", () =>
  assert.equal(layoutTimeline(undone, at).rows[3]?.ahead, null));

test("what stands though the saga was undone is drawn as held", () => {
  const [first, ...rest] = undone.steps;
  const lost = { ...undone, state: "failed" as const, steps: [...rest, step("reserve", "completed", [attempt(1, 3)])] };
  assert.ok(first);
  assert.deepEqual(
    layoutTimeline(lost, at).rows.map((row) => row.held !== null),
    [false, false, false, true],
  );
  assert.ok(layoutTimeline({ ...lost, state: "completed" }, at).rows.every((row) => row.held === null));
});

test("a running attempt reaches to now, and what may follow is sketched after it", () => {
  const running = { ...undone, state: "running" as const, endedAt: null, lastEventAt: iso(350) };
  const steps = [step("charge-payment", "running", [attempt(350, null)]), step("ship", "pending", [])];
  const timeline = layoutTimeline({ ...running, steps }, { ...at, nowMs: startMs + 4000 });
  const bar = timeline.rows[0]?.bars[0];
  assert.equal(bar?.workMs, 3650);
  assert.equal(timeline.nowX, (bar?.work.x ?? 0) + (bar?.work.width ?? 0));
  assert.equal(timeline.rows[1]?.ahead?.x, timeline.nowX);
});

test("a waiting step lies in its queue since the last one before it ended, and is sketched after now", () => {
  const running = { ...undone, state: "running" as const, endedAt: null, lastEventAt: iso(800) };
  const steps = [
    step("reserve-stock", "completed", [attempt(100, 300)]),
    step("charge-payment", "completed", [attempt(350, 800)]),
    step("ship", "waiting", []),
    step("confirm-order", "pending", []),
  ];
  const { rows, nowX } = layoutTimeline({ ...running, steps }, { ...at, nowMs: startMs + 4000 });
  const [, charged, ship, confirm] = rows;
  const done = charged?.bars[0];
  assert.ok(ship?.queued && ship.ahead && confirm?.ahead && done && nowX !== null);
  assert.equal(ship.queued.x, done.work.x + done.work.width);
  assert.ok(Math.abs(ship.queued.x + ship.queued.width - nowX) < 1e-9);
  assert.equal(ship.ahead.x, nowX);
  assert.ok(confirm.ahead.x > ship.ahead.x);
  assert.equal(confirm.queued, null);
});

test("the first step waits since the saga began", () => {
  const begun = { ...undone, state: "running" as const, endedAt: null, lastEventAt: iso(0) };
  const { rows } = layoutTimeline({ ...begun, steps: [step("ship", "waiting", [])] }, at);
  assert.equal(rows[0]?.queued?.x, 0);
});

test("an attempt whose start was never told is drawn, without a claim about its work", () => {
  const steps = [step("charge-payment", "completed", [attempt(null, 800)])];
  const bar = layoutTimeline({ ...undone, steps }, at).rows[0]?.bars[0];
  assert.equal(bar?.workMs, null);
  assert.equal(bar?.queueMs, null);
  assert.ok((bar?.work.width ?? 0) > 0);
});

test("the last failure is named beside its bar, the compensation beside its own", () => {
  const rows = layoutTimeline(undone, at).rows;
  const labels = (index: number) =>
    barLabels(rows[index]?.bars ?? [], { widthPx: 900, torn: [] }).map((label) => label?.text);
  assert.equal(labels(2)[2], "carrier_timeout · 1.2 s");
  assert.equal(labels(1)[1]?.startsWith("undo-charge-payment"), true);
});

const span = fc.tuple(fc.nat(1e7), fc.option(fc.nat(1e6)));
const anySaga = fc.record({
  state: fc.constantFrom("running" as const, "compensating" as const, "completed" as const, "failed" as const),
  nowMs: fc.integer({ min: -1000, max: 2e7 }),
  widthPx: fc.integer({ min: 200, max: 4000 }),
  fold: fc.boolean(),
  steps: fc.array(
    fc.tuple(fc.array(span, { maxLength: 4 }), fc.array(span, { maxLength: 2 })).map(([tries, undos]) => {
      const attempts = (spans: typeof tries) =>
        spans.map(([from, ms], index) => attempt(from, ms === null ? null : from + ms, { attempt: index + 1 }));
      return step(
        "a-step",
        tries.length === 0 ? (undos.length === 0 ? "waiting" : "pending") : "running",
        attempts(tries),
        attempts(undos),
      );
    }),
    { maxLength: 30 },
  ),
});

test("nothing is placed outside the lane, however odd the saga", () =>
  fc.assert(
    fc.property(anySaga, ({ nowMs, widthPx, fold, ...saga }) => {
      const timeline = layoutTimeline({ ...undone, ...saga }, { nowMs: startMs + nowMs, widthPx, fold });
      const extents = timeline.rows.flatMap((row) => [
        ...(row.ahead ? [row.ahead] : []),
        ...(row.queued ? [row.queued] : []),
        ...(row.tie ? [row.tie] : []),
        ...(row.held ? [row.held] : []),
        ...row.bars.flatMap((bar) => [
          bar.work,
          ...(bar.queue ? [bar.queue] : []),
          ...(bar.backOff ? [bar.backOff] : []),
        ]),
      ]);
      for (const { x, width } of extents) assert.ok(x >= 0 && width >= 0 && x + width <= 1 + 1e-9, `${x} + ${width}`);
      assert.ok(timeline.nowX === null || (timeline.nowX >= 0 && timeline.nowX <= 1));
    }),
  ));
