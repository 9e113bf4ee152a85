import type { Zone } from "#components/format.ts";

/** What a `datetime-local` field shows for a moment, in a zone: `2026-11-23T12:04:09`. */
export function inputValue(ms: number, zone: Zone): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 19);
}

/** The moment that a `datetime-local` field means in a zone, in ms since the epoch; NaN for none. */
export function readInput(value: string, zone: Zone): number {
  const wall = Date.parse(`${value}Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  // The offset depends on the moment sought: guess with the wall time, then look again at the guess.
  const guess = wall - offsetMs(wall, zone);
  return wall - offsetMs(guess, zone);
}

/** How far the zone's clocks are ahead of UTC at a moment, in ms. */
export function offsetMs(ms: number, zone: Zone): number {
  if (zone === "utc") return 0;
  const parts = Object.fromEntries(
    partsIn(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const wall = `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`;
  return Date.parse(wall) - Math.floor(ms / 1000) * 1000;
}

const partsIn = (zone: Zone) =>
  new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
