/** Gives the time as RFC 3339 in UTC with microseconds; each answer is later than the one before. */
export type EventClock = () => string;

/**
 * A clock whose answers strictly increase, so that events written in one transaction keep their order when sorted by
 * time. `nowMs` gives ms since the epoch.
 */
export function createEventClock(nowMs: () => number = Date.now): EventClock {
  let lastMicros = 0;
  return () => {
    lastMicros = Math.max(nowMs() * 1000, lastMicros + 1);
    const micros = String(lastMicros % 1000).padStart(3, "0");
    return new Date(Math.floor(lastMicros / 1000)).toISOString().replace("Z", `${micros}Z`);
  };
}
