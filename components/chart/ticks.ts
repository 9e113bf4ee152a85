import type { Zone } from "#components/format.ts";
import { offsetMs } from "#components/time/local-input.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const timeSteps = [
  ...[1, 5, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30].map((n) => n * day),
];

/** Round moments between two, at most `most` of them, and the step between them; round by the zone's clock. */
export function timeTicks(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  { zone, most }: { zone: Zone; most: number },
): { ticksMs: readonly number[]; stepMs: number } {
  const stepMs = timeSteps.find((step) => (toMs - fromMs) / step <= most) ?? 30 * day;
  const shift = offsetMs(fromMs, zone);
  const first = Math.ceil((fromMs + shift) / stepMs) * stepMs - shift;
  const ticksMs: number[] = [];
  for (let tick = first; tick <= toMs; tick += stepMs) ticksMs.push(tick);
  return { ticksMs, stepMs };
}

/** `12:05`, `12:05:30` between minutes, `Nov 23` at a day's beginning. */
export function formatTick(ms: number, { stepMs, zone }: { stepMs: number; zone: Zone }): string {
  const midnight = (ms + offsetMs(ms, zone)) % day === 0;
  const options: Intl.DateTimeFormatOptions = midnight
    ? { month: "short", day: "numeric" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(stepMs < minute ? { second: "2-digit" } : {}) };
  return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone === "utc" ? "UTC" : zone }).format(ms);
}

/** Round counts from 0 to at least `max`, three or so; whole numbers only. */
export function countTicks(max: number): readonly number[] {
  return ticksTo(max, (raw) => Math.max(1, roundUp(raw)));
}

const durationSteps = [
  ...[15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 4, 6, 12].map((n) => n * hour),
  day,
];

/** Round durations (ms) from 0 to at least `max`, three or so: tens in ms and s, quarters of minutes and hours beyond. */
export function durationTicks(max: number): readonly number[] {
  return ticksTo(max, (raw) =>
    raw <= 10 * second ? roundUp(raw) : (durationSteps.find((step) => step >= raw) ?? roundUp(raw / day) * day),
  );
}

function ticksTo(max: number, step: (raw: number) => number): readonly number[] {
  const size = step(Math.max(max, Number.MIN_VALUE) / 3);
  return Array.from({ length: Math.max(1, Math.ceil(max / size)) + 1 }, (_, index) => round(index * size));
}

/** The next 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value * 0.999_999) ?? 10;
  return round(factor * power);
}

const round = (value: number) => Number(value.toPrecision(12));
