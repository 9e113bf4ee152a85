import type { SagaEvent } from "#contracts/saga-event.ts";
import { millisOf } from "./epoch.ts";

/** In ms since the epoch, by saga id. */
export type Starts = ReadonlyMap<string, number>;

/** What an event says of when its saga began. */
export type StartHint = Pick<SagaEvent, "correlationid" | "sagastarted" | "time" | "type">;

interface Hints {
  /** The earliest `sagastarted` that the saga's events say. */
  said: number | undefined;
  /** The time of its `saga.started`. */
  begun: number | undefined;
  /** The time of its earliest event. */
  earliest: number;
}

/** The sagas that have an event here without `sagastarted`, and none with it: only others can say when they began. */
export function unsaidSagas(events: readonly StartHint[]): string[] {
  return [...hintsOfSilent(events)].filter(([, hints]) => hints.said === undefined).map(([id]) => id);
}

/**
 * When each saga of a chunk began, for the events that do not say it themselves: as another event of the chunk says;
 * else as is known of it; else the time of its `saga.started`, or of its earliest event, here. One saga gets one
 * answer, so that it stays in one place, and gets the same answer again once the chunk's own rows are what is known.
 */
export function deriveStarts(events: readonly StartHint[], known: Starts): Starts {
  const starts = new Map<string, number>();
  for (const [id, { said, begun, earliest }] of hintsOfSilent(events))
    starts.set(id, said ?? known.get(id) ?? begun ?? earliest);
  return starts;
}

function hintsOfSilent(events: readonly StartHint[]): Map<string, Hints> {
  const hints = new Map<string, Hints>();
  for (const event of events)
    if (event.sagastarted === undefined && !hints.has(event.correlationid))
      hints.set(event.correlationid, { said: undefined, begun: undefined, earliest: millisOf(event.time) });
  if (hints.size === 0) return hints;
  for (const event of events) {
    const of = hints.get(event.correlationid);
    if (!of) continue;
    const time = millisOf(event.time);
    of.earliest = earlier(time, of.earliest);
    if (event.type === "saga.started") of.begun = earlier(time, of.begun);
    if (event.sagastarted !== undefined) of.said = earlier(millisOf(event.sagastarted), of.said);
  }
  return hints;
}

const earlier = (a: number, b: number | undefined): number => Math.min(a, b ?? a);
