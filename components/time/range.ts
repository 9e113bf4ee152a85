import { formatDay, type Zone } from "#components/format.ts";
import type { Patch } from "#components/url/params.ts";
import { defaultRange, rangePattern } from "#contracts/words.ts";

/** The stretch of time that a page shows: the last so much, or from a moment to a moment (ms since the epoch). */
export type Range =
  | { readonly kind: "last"; readonly amount: string }
  | { readonly kind: "between"; readonly fromMs: number; readonly toMs: number };

export const presets = ["15m", "1h", "6h", "24h", "7d", "30d"] as const;

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unitName = { m: "min", h: "h", d: "d" } as const;

/** Reads `range`, or `from` and `to`; what cannot be read is the default. */
export function readRange(params: URLSearchParams): Range {
  const fromMs = Date.parse(params.get("from") ?? "");
  const toMs = Date.parse(params.get("to") ?? "");
  if (fromMs < toMs) return { kind: "between", fromMs, toMs };
  const amount = params.get("range") ?? "";
  return { kind: "last", amount: rangePattern.test(amount) ? amount : defaultRange };
}

/** `amount` (`15m`, `6h`, `7d`) in ms. */
export function amountMs(amount: string): number {
  const unit = amount.at(-1);
  return Number(amount.slice(0, -1)) * (unit === "m" || unit === "h" || unit === "d" ? unitMs[unit] : Number.NaN);
}

/** The moments that a range spans, seen at `nowMs`. */
export function rangeMs(range: Range, nowMs: number): { fromMs: number; toMs: number } {
  if (range.kind === "between") return { fromMs: range.fromMs, toMs: range.toMs };
  return { fromMs: nowMs - amountMs(range.amount), toMs: nowMs };
}

/** What puts this range into the URL; the default needs no words. */
export function rangePatch(range: Range): Patch {
  if (range.kind === "last") {
    return { range: range.amount === defaultRange ? null : range.amount, from: null, to: null };
  }
  return { range: null, from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
}

/** `last 15 min`, `last 7 d`. */
export function amountLabel(amount: string): string {
  const unit = amount.at(-1);
  const name = unit === "m" || unit === "h" || unit === "d" ? unitName[unit] : "";
  return `last ${amount.slice(0, -1)} ${name}`;
}

/** What the bar says at `nowMs`: `last 1 h`, or `Nov 23 10:00 – 12:30`. */
export function rangeLabel(range: Range, zone: Zone, { nowMs }: { nowMs: number }): string {
  if (range.kind === "last") return amountLabel(range.amount);
  const time = timeFormat(zone, (range.toMs - range.fromMs) % 60_000 !== 0);
  const [fromDay, toDay] = [formatDay(range.fromMs, zone, { nowMs }), formatDay(range.toMs, zone, { nowMs })];
  const end = time.format(range.toMs);
  return `${fromDay} ${time.format(range.fromMs)} – ${fromDay === toDay ? end : `${toDay} ${end}`}`;
}

const timeFormat = (zone: Zone, seconds: boolean) =>
  new Intl.DateTimeFormat("en-US", {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone: zone === "utc" ? "UTC" : zone,
  });

/** The stretch before or after (by its own length), or twice as wide around its middle. Never beyond `nowMs`. */
export function moved(range: Range, way: "earlier" | "later" | "wider", nowMs: number): Range {
  const { fromMs, toMs } = rangeMs(range, nowMs);
  const length = toMs - fromMs;
  if (way === "earlier") return { kind: "between", fromMs: fromMs - length, toMs: fromMs };
  const end = Math.min(nowMs, toMs + (way === "later" ? length : length / 2));
  return { kind: "between", fromMs: end - length * (way === "wider" ? 2 : 1), toMs: end };
}
