import { millisOf } from "./epoch.ts";
import { deriveStarts, type StartHint, type Starts, unsaidSagas } from "./saga-starts.ts";

/** Answers when sagas began, for those that the store knows. */
export type AskStarts = (ids: readonly string[], signal: AbortSignal) => Promise<Starts>;

/** When the sagas of these events began, for the events that do not say it themselves. */
export type SettleStarts = (events: readonly StartHint[], signal: AbortSignal) => Promise<Starts>;

// More than there can be in hand: a chunk of each of some topics.
const remembered = 130_000;

/**
 * Settles starts for all who read at the same time. A saga whose events come by several topics is met by several
 * readers before any of them has stored it; the first gives it its start, and the others take that one.
 */
export function settleTogether(ask: AskStarts): SettleStarts {
  const given = new Map<string, number>();
  const remember = (id: string, startMs: number) => {
    given.delete(id);
    given.set(id, startMs);
  };
  return async (events, signal) => {
    const unsaid = unsaidSagas(events);
    const known = unsaid.length === 0 ? new Map<string, number>() : new Map(await ask(unsaid, signal));
    // Nobody else comes in between from here on.
    for (const id of unsaid) {
      const start = given.get(id);
      if (start !== undefined && !known.has(id)) known.set(id, start);
    }
    const starts = deriveStarts(events, known);
    for (const { correlationid, sagastarted } of events)
      if (sagastarted !== undefined) remember(correlationid, given.get(correlationid) ?? millisOf(sagastarted));
    for (const [id, start] of starts) remember(id, start);
    for (const oldest of given.keys()) {
      if (given.size <= remembered) break;
      given.delete(oldest);
    }
    return starts;
  };
}
