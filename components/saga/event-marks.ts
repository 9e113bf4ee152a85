import { formatDuration } from "#components/format.ts";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { wholeMs } from "#sagas/distinct-events.ts";
import { mostAheadMs, mostBehindMs } from "#sagas/misdated.ts";

/** What is odd about an event's arrival. */
export interface EventMarks {
  /** The same id was stored more than once. */
  readonly duplicate: boolean;
  /** It stands behind a later event of its partition: it was written late. */
  readonly late: boolean;
  /** It names a cause that is not among this saga's events. */
  readonly causeMissing: boolean;
  /** Its time is further from when it was stored than a clock that is right can bring it. */
  readonly skew: Skew | undefined;
}

/** What is off about an event's time, in a few words and in a sentence. */
export interface Skew {
  readonly short: string;
  readonly long: string;
}

/** The marks of events in time order, one each. */
export function eventMarks(events: readonly SagaEventRow[]): EventMarks[] {
  const ids = new Set(events.map((event) => event.id));
  const late = lateOnes(events);
  return events.map((event, index) => ({
    duplicate: event.duplicates > 0,
    late: late[index] ?? false,
    causeMissing: event.causationId !== "" && !ids.has(event.causationId),
    skew: skewOf(event),
  }));
}

function skewOf({ time, ingestedAt, source }: SagaEventRow): Skew | undefined {
  const aheadMs = wholeMs(time) - Date.parse(ingestedAt);
  if (aheadMs > mostAheadMs) {
    const by = formatDuration(aheadMs);
    return { short: `${by} ahead`, long: `Dated ${by} after it was stored: the clock of ${source} is ahead` };
  }
  if (aheadMs >= -mostBehindMs) return undefined;
  const by = formatDuration(-aheadMs);
  const long = `Dated ${by} before it was stored: the clock of ${source} is behind, or it was sent long after`;
  return { short: `${by} behind`, long };
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
