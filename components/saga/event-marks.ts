import type { SagaEventRow } from "#contracts/api/saga.ts";

/** What is odd about an event's arrival. */
export interface EventMarks {
  /** The same id was stored more than once. */
  readonly duplicate: boolean;
  /** It stands behind a later event of its partition: it was written late. */
  readonly late: boolean;
  /** It names a cause that is not among this saga's events. */
  readonly causeMissing: boolean;
}

/** The marks of events in time order, one each. */
export function eventMarks(events: readonly SagaEventRow[]): EventMarks[] {
  const ids = new Set(events.map((event) => event.id));
  const late = lateOnes(events);
  return events.map((event, index) => ({
    duplicate: event.duplicates > 0,
    late: late[index] ?? false,
    causeMissing: event.causationId !== "" && !ids.has(event.causationId),
  }));
}

/** Which events have a later one before them in their partition. */
function lateOnes(events: readonly SagaEventRow[]): boolean[] {
  const lowest = new Map<string, bigint>();
  return events
    .toReversed()
    .map((event) => {
      const partition = `${event.topic}/${event.partition}`;
      const offset = BigInt(event.offset);
      const before = lowest.get(partition);
      if (before === undefined || offset < before) lowest.set(partition, offset);
      return before !== undefined && offset > before;
    })
    .reverse();
}
