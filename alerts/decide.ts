import type { AlertRule } from "#contracts/api/alerts.ts";

export type Decision = "nothing" | "fire" | "resolve";

/** What a count means for a rule: it fires at or over the threshold, and resolves under it. */
export function decide(
  { threshold }: Pick<AlertRule, "threshold">,
  count: number,
  previous: AlertRule["state"],
): Decision {
  const over = count >= threshold;
  if (over) return previous === "ok" ? "fire" : "nothing";
  return previous === "firing" ? "resolve" : "nothing";
}
