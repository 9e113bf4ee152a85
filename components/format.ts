/** `840 µs`, `12.4 ms`, `3.21 s`, `2 m 05 s`, `1 h 04 m`, `1 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms === 0) return "0 ms";
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`;
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `1,204`; from 10,000 on `12.4k`, `3.1M`. Show the exact one on hover. */
export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString("en-US");
  for (const [unit, size] of [
    ["B", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (count >= size * 0.99995) return `${threeDigits(count / size)}${unit}`;
  }
  return count.toLocaleString("en-US");
}

/** `840 B`, `12.4 kB`, `3.21 MB`. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["TB", 1e12],
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (bytes >= size * 0.9995) return `${threeDigits(bytes / size)} ${unit}`;
  }
  return `${threeDigits(bytes)} B`;
}

/** `97.1 %`, of 0..1; never rounds a miss up to 100 % or a hit down to 0 %. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${Number((share * 100).toFixed(1))} %`;
}

/** `+38 %` of now against before. */
export function formatChange(now: number, before: number): string {
  const percent = Math.round((now / before - 1) * 100);
  return percent > 0 ? `+${percent} %` : percent < 0 ? `−${-percent} %` : "±0 %";
}

/** An id cut in its middle, `order-8f3…c21`: what comes first and last tells ids apart. */
export function cutId(id: string, { head = 9, tail = 4 }: { head?: number; tail?: number } = {}): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** `utc`, or a zone by its IANA name, as `Europe/Berlin`. */
export type Zone = string;

/** `12:04:09.123`, or `Nov 22 12:04:09.123` when it is not the day of `nowMs`, or `Nov 22, 2025 12:04:09.123`. */
export function formatTime(
  ms: number,
  zone: Zone,
  { nowMs, precise = true }: { nowMs: number; precise?: boolean },
): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(precise ? { fractionalSecondDigits: 3 } : {}),
  };
  const time = format(ms, zone, options);
  const day = formatDay(ms, zone, { nowMs });
  return day === formatDay(nowMs, zone, { nowMs }) ? time : `${day} ${time}`;
}

/** `Nov 22`, or `Nov 22, 2025` when it is not the year of `nowMs`. */
export function formatDay(ms: number, zone: Zone, { nowMs }: { nowMs: number }): string {
  const year = (at: number) => format(at, zone, { year: "numeric" });
  const options: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
  return format(ms, zone, year(ms) === year(nowMs) ? options : { ...options, year: "numeric" });
}

/** `now`, `12 s ago`, `3 min ago`, `4 h ago`, `8 d ago`; `in 12 s` for the future. */
export function formatAge(ms: number, nowMs: number): string {
  const seconds = Math.round((nowMs - ms) / 1000);
  const amount = age(Math.abs(seconds));
  if (amount === "") return "now";
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

function age(seconds: number): string {
  if (seconds < 1) return "";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const key = `${zone} ${JSON.stringify(options)}`;
  const made =
    formats.get(key) ?? new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone === "utc" ? "UTC" : zone });
  formats.set(key, made);
  return made.format(ms);
}

const two = (value: number) => String(value).padStart(2, "0");
const threeDigits = (value: number) => String(Number(value.toPrecision(3)));
