import { EventTime } from "#contracts/saga-event.ts";

const written = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d+))? ?([Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const epoch = /^(\d{1,19})(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A time as saga events have it, of what producers write: ISO 8601 with and without T, or seconds, milliseconds,
 * microseconds or nanoseconds since the epoch (between 2000 and 2199 their ranges do not meet; before that they may mean anything). `zone` is for times
 * that say none. Undefined where it is no such time.
 */
export function eventTime(text: string, zone: string | undefined): string | undefined {
  const time = ofEpoch(text) ?? ofWritten(text, zone);
  return time !== undefined && EventTime.safeParse(time).success ? time : undefined;
}

function ofWritten(text: string, zone: string | undefined): string | undefined {
  const [, day, minutes, seconds = ":00", fraction = "", said = zone] = written.exec(text) ?? [];
  if (day === undefined || said === undefined) return undefined;
  return `${day}T${minutes}${seconds}${decimals(fraction)}${offsetOf(said)}`;
}

function offsetOf(zone: string): string {
  if (!/^[+-]/.test(zone)) return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function ofEpoch(text: string): string | undefined {
  const [, before, after = "", exponent = "0"] = epoch.exec(text) ?? [];
  if (before === undefined) return undefined;
  const point = before.length + Number(exponent);
  if (point < 1 || point > 19) return undefined;
  const digits = `${before}${after}`.padEnd(point, "0");
  const whole = digits.slice(0, point);
  const count = BigInt(whole);
  const decimalPlaces = count < 10n ** 11n ? 9 : count < 10n ** 14n ? 6 : count < 10n ** 17n ? 3 : 0;
  const part = digits.slice(point, point + decimalPlaces).padEnd(decimalPlaces, "0");
  const time = timeOfNanos(String(BigInt(`${whole}${part}`)));
  return time < "2000" ? undefined : time;
}

/** Nanoseconds since the epoch, digits, as a time. Its year may be one that no event may have. */
export function timeOfNanos(nanos: string): string {
  const digits = nanos.padStart(10, "0");
  const ms = Number(digits.slice(0, -9)) * 1_000;
  const seconds = new Date(ms).toISOString().slice(0, -5);
  return `${seconds}${decimals(digits.slice(-9))}Z`;
}

function decimals(fraction: string): string {
  const kept = fraction.slice(0, 9).replace(/0+$/, "");
  return kept === "" ? "" : `.${kept}`;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time so much later, to the millisecond. `duration` is as `15m`. */
export function laterBy(duration: string, time: string): string {
  const unit = unitMs[duration.slice(-1) as keyof typeof unitMs];
  return new Date(Date.parse(time) + Number(duration.slice(0, -1)) * unit).toISOString();
}
