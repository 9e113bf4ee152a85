import type { Attempt, SagaDetail, SagaEventRow, Step } from "#contracts/api/saga.ts";
import { timeToMs } from "#sagas/distinct-events.ts";
import { isOpen } from "#sagas/state.ts";
import { attemptKey, keyOfEvent } from "./attempt-key.ts";
import { type Tick, ticksOf } from "./ticks.ts";
import { createScale, niceCeil, pickFolds, type Segment, type Stretch, type TimeScale, xOf } from "./time-scale.ts";

/** A stretch across the lane, as shares of its width. */
export interface Extent {
  readonly x: number;
  readonly width: number;
}

/** One attempt, placed. */
export interface Bar {
  readonly key: string;
  readonly name: string;
  /** The step that it undoes, or empty. */
  readonly compensates: string;
  readonly attempt: Attempt;
  readonly work: Extent;
  /** Waiting before the first attempt, from what caused it to its start. */
  readonly queue: Extent | null;
  readonly queueMs: number | null;
  /** Waiting between the attempt before and this one. */
  readonly backOff: Extent | null;
  readonly backOffMs: number | null;
  /** Until now, for a running one. Null where the start was never told. */
  readonly workMs: number | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** One step with all that was tried and undone. */
export interface TimelineRow {
  readonly step: Step;
  readonly bars: readonly Bar[];
  /** From the step's end to the beginning of what undoes it. */
  readonly tie: Extent | null;
  /** After the end of a step that took effect and stands, though the saga was undone. */
  readonly held: Extent | null;
  /** Since when the command of a step that has not begun lies in its queue, as far as the plan tells, until now. */
  readonly queued: Extent | null;
  /** Where a step that may still come is sketched. */
  readonly ahead: Extent | null;
  /** Whether the compensation overlaps the attempts, so that the two need half a row each. */
  readonly split: boolean;
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
  readonly folds: readonly Segment[];
  /** Where now is, while the saga is open. */
  readonly nowX: number | null;
  readonly foldedMs: number;
}

const aheadShare = 0.2;

/** Places every attempt of a saga on a lane of `widthPx`; `nowMs` is where running ones end. */
export function layoutTimeline(
  saga: Pick<SagaDetail, "state" | "startedAt" | "endedAt" | "lastEventAt" | "steps" | "events">,
  {
    nowMs,
    widthPx,
    fold,
    causes = causeTimes(saga.events),
  }: { nowMs: number; widthPx: number; fold: boolean; causes?: ReadonlyMap<string, number> },
): Timeline {
  const open = isOpen(saga.state);
  const timed = timeBars(saga, { nowMs, causes });
  const all = timed.flatMap(({ bars }) => bars);
  const fromMs = Math.min(timeToMs(saga.startedAt), ...all.map((bar) => bar.startMs));
  const lastMs = Math.max(timeToMs(saga.endedAt ?? saga.lastEventAt), fromMs, ...all.map((bar) => bar.endMs));
  const untilMs = open ? Math.max(lastMs, nowMs) : lastMs;
  const busy = all.map((bar) => ({ fromMs: bar.startMs, toMs: bar.endMs }));
  const picked = fold ? pickFolds({ fromMs, toMs: untilMs, busy }) : [];
  const pending = open ? saga.steps.filter(isToCome).length : 0;
  const scale = createScale({
    fromMs,
    toMs: open ? horizonMs({ fromMs, toMs: untilMs }, picked) : untilMs,
    folds: picked,
    width: pending > 0 ? 1 - aheadShare : 1,
    foldWidth: (widthPx > 700 ? 140 : 76) / widthPx,
  });
  // Behind a fold that reaches to now there is nothing to measure.
  const waiting = picked.at(-1)?.toMs === untilMs;
  const nowX = open ? xOf(scale, untilMs) : null;
  const left = !open && saga.state !== "completed" && saga.steps.some((step) => step.compensation);
  const led = saga.steps.findIndex((step) => step.state === "waiting");
  const sinceMs = Math.max(
    fromMs,
    ...timed.slice(0, Math.max(0, led)).flatMap(({ bars }) => bars.map((bar) => bar.endMs)),
  );
  let ahead = 0;
  const rows = timed.map(({ step, bars }) => {
    const placed = bars.map((bar) => place(bar, scale));
    const split = overlaps(placed);
    const next = open && isToCome(step) && nowX !== null ? aheadOf(nowX, ahead++, pending) : null;
    const queued =
      step.state === "waiting" ? extent(scale, { fromMs: Math.min(sinceMs, untilMs), toMs: untilMs }) : null;
    const held = left && step.state === "completed" ? heldOf(placed) : null;
    return { step, bars: placed, tie: split ? null : tieOf(placed), held, queued, ahead: next, split };
  });
  return {
    rows,
    scale,
    ticks: ticksOf(scale, { widthPx }).filter((tick) => !waiting || nowX === null || tick.x <= nowX),
    folds: scale.segments.filter((segment) => segment.folded),
    nowX,
    foldedMs: picked.reduce((sum, { fromMs: from, toMs: to }) => sum + to - from, 0),
  };
}

const isToCome = ({ state }: Step): boolean => state === "pending" || state === "waiting";

type TimedBar = Omit<Bar, "work" | "queue" | "backOff"> & { fromMs: number };

/** Gives each attempt its beginning, its end and what it waited for. */
function timeBars(
  saga: Pick<SagaDetail, "startedAt" | "steps">,
  { nowMs, causes }: { nowMs: number; causes: ReadonlyMap<string, number> },
) {
  const ends = saga.steps
    .flatMap((step) => [...step.attempts, ...(step.compensation?.attempts ?? [])])
    .flatMap((attempt) => attempt.endedAtMs ?? [])
    .toSorted((a, b) => a - b);
  const sagaMs = timeToMs(saga.startedAt);
  return saga.steps.map((step) => {
    const run = (name: string, compensates: string, attempts: readonly Attempt[]): TimedBar[] =>
      attempts.map((attempt, index) => {
        const key = attemptKey({ step: name, compensates, attempt: attempt.attempt });
        const before = attempts[index - 1];
        const knownMs = attempt.startedAtMs ?? attempt.endedAtMs ?? nowMs;
        const endMs = Math.max(attempt.endedAtMs ?? nowMs, knownMs);
        const causeMs = before?.endedAtMs ?? causes.get(key) ?? lastUpTo(ends, knownMs, attempt.endedAtMs) ?? sagaMs;
        const startMs = attempt.startedAtMs ?? Math.min(causeMs, endMs);
        const waitMs = startMs - Math.min(causeMs, startMs);
        return {
          key,
          name,
          compensates,
          attempt,
          startMs,
          endMs,
          fromMs: startMs - waitMs,
          queueMs: before || attempt.startedAtMs === null ? null : waitMs,
          backOffMs: before && attempt.startedAtMs !== null ? waitMs : null,
          workMs: attempt.startedAtMs === null ? null : endMs - startMs,
        };
      });
    const undo = step.compensation;
    return {
      step,
      bars: [...run(step.name, "", step.attempts), ...(undo ? run(undo.name, step.name, undo.attempts) : [])],
    };
  });
}

/** When the event that caused an attempt's first event happened, by attempt. */
export function causeTimes(events: readonly SagaEventRow[]): Map<string, number> {
  const timeOf = new Map(events.map((event) => [event.id, event.time]));
  const causes = new Map<string, number>();
  for (const event of events) {
    const key = keyOfEvent(event);
    const time = timeOf.get(event.causationId);
    if (key && time && event.causationId !== event.id && event.type.endsWith(".started") && !causes.has(key)) {
      causes.set(key, timeToMs(time));
    }
  }
  return causes;
}

/** The latest of some sorted moments that is not after `ms`, leaving out an attempt's own end. */
function lastUpTo(sorted: readonly number[], ms: number, ownMs: number | null): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low - 1];
  return found === ownMs ? sorted[low - 2] : found;
}

function place({ fromMs, ...bar }: TimedBar, scale: TimeScale): Bar {
  const wait = bar.startMs > fromMs ? extent(scale, { fromMs, toMs: bar.startMs }) : null;
  return {
    ...bar,
    work: extent(scale, { fromMs: bar.startMs, toMs: bar.endMs }),
    queue: bar.queueMs === null ? null : wait,
    backOff: bar.backOffMs === null ? null : wait,
  };
}

function extent(scale: TimeScale, { fromMs, toMs }: Stretch): Extent {
  const x = xOf(scale, fromMs);
  return { x, width: Math.max(0, xOf(scale, toMs) - x) };
}

/** A running saga grows into a round length, so that the page does not crawl all the time. */
function horizonMs({ fromMs, toMs }: Stretch, folds: readonly Stretch[]): number {
  const openMs = folds.reduce((left, fold) => left - (fold.toMs - fold.fromMs), toMs - fromMs);
  return toMs + niceCeil(openMs) - openMs;
}

function overlaps(bars: readonly Bar[]): boolean {
  const doneMs = Math.max(...bars.flatMap((bar) => (bar.compensates ? [] : bar.endMs)));
  return bars.some((bar) => bar.compensates && bar.startMs < doneMs);
}

function tieOf(bars: readonly Bar[]): Extent | null {
  const done = bars.findLast((bar) => !bar.compensates);
  const undo = bars.find((bar) => bar.compensates);
  if (!done || !undo) return null;
  const x = endOf(done);
  return { x, width: Math.max(0, leftOf(undo) - x) };
}

function heldOf(bars: readonly Bar[]): Extent | null {
  const last = bars.at(-1);
  return last ? { x: endOf(last), width: Math.max(0, 1 - endOf(last)) } : null;
}

/** Where a bar begins, its waiting included. */
export const leftOf = (bar: Bar): number => (bar.queue ?? bar.backOff ?? bar.work).x;
/** Where a bar ends. */
export const endOf = (bar: Bar): number => bar.work.x + bar.work.width;

function aheadOf(nowX: number, index: number, count: number): Extent {
  const width = (1 - nowX) / count;
  return { x: nowX + index * width, width };
}
