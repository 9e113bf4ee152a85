import type { RetentionChange } from "./clickhouse/retention.ts";

/** `otel_logs: kept 36 hours instead of 30 days`; of a table whose first time it is, without what was before. */
export function describeRetentionChange({ table, from, to }: RetentionChange): string {
  const instead = from === undefined ? "" : ` instead of ${inWords(from)}`;
  return `${table}: kept ${inWords(to)}${instead}`;
}

const units: Readonly<Record<string, string>> = { d: "day", h: "hour" };

/** A time as a retention file says it, in words; what it does not say so stays as it is. */
function inWords(kept: string): string {
  if (kept === "forever") return "for ever";
  const [, count = "", unit = ""] = /^(\d+)([dh])$/.exec(kept) ?? [];
  return unit === "" ? kept : `${count} ${units[unit]}${count === "1" ? "" : "s"}`;
}
