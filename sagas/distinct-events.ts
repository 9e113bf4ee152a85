import type { SagaEventRow } from "#contracts/api/saga.ts";

/** The events in time order, each id once: what a saga's history is, however it arrived. */
export function distinctEvents<Event extends Pick<SagaEventRow, "id" | "time">>(events: readonly Event[]): Event[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => compareText(a.time, b.time) || compareText(a.id, b.id));
}

/** By the characters' code points, as the store compares the texts' bytes: negative where `a` comes first. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at === shorter ? a.length - b.length : rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at));
}

/** Halves of characters beyond U+FFFF come after all others. */
const rankOf = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/** The greatest of some texts; null of none. */
export const greatest = (texts: readonly string[]): string | null =>
  texts.reduce<string | null>((best, text) => (best === null || compareText(text, best) > 0 ? text : best), null);

/** Those that are dated within the millisecond `untilMs` at the latest. */
export function eventsUntil<Event extends Pick<SagaEventRow, "time">>(
  events: readonly Event[],
  untilMs: number,
): Event[] {
  return events.filter(({ time }) => wholeMs(time) <= untilMs);
}

/** As `timeToMs`, without what is less than a millisecond: with it a number may be rounded up to the next one. */
export const wholeMs = (time: string): number => Date.parse(`${time.replace("Z", "").slice(0, 23)}Z`);

/** ms since the epoch, with fractions, of an RFC 3339 time in UTC with up to nine digits after the second. */
export function timeToMs(time: string): number {
  const [seconds = "", fraction = ""] = time.replace("Z", "").split(".");
  return Date.parse(`${seconds}Z`) + Number(fraction.padEnd(9, "0")) / 1e6;
}
