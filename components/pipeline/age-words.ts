import { formatDuration } from "#components/format.ts";

/** How old something is that is known between two ages: `under 1 s`, `5–10 s`, `1–2 h`, `over 7 d`. */
export function ageWords({ fromMs, toMs }: { fromMs: number; toMs: number | null }): string {
  if (toMs === null) return `over ${short(fromMs)}`;
  if (fromMs === 0) return `under ${short(toMs)}`;
  const [, low = "", unit = ""] = /^(\S+) (\S+)$/.exec(short(fromMs)) ?? [];
  const [, high = "", other = ""] = /^(\S+) (\S+)$/.exec(short(toMs)) ?? [];
  return unit === other ? `${low}–${high} ${unit}` : `${short(fromMs)}–${short(toMs)}`;
}

/** A whole number of one unit, as the bounds of ages are. */
function short(ms: number): string {
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`;
  }
  return formatDuration(ms);
}
