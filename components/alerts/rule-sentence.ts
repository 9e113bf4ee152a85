import type { Patch } from "#components/url/params.ts";
import type { AlertRule } from "#contracts/api/alerts.ts";

const conditions = {
  failed: "failed",
  compensated: "were compensated",
  overdue: "became overdue",
} as const satisfies Record<AlertRule["condition"], string>;

/** What a rule waits for: `5 or more sagas of order-fulfilment failed within 5 min`. */
export function ruleSentence({
  condition,
  sagaType,
  threshold,
  windowSeconds,
}: Pick<AlertRule, "condition" | "sagaType" | "threshold" | "windowSeconds">): string {
  const sagas = threshold === 1 ? "1 saga or more" : `${threshold.toLocaleString("en-US")} sagas or more`;
  const type = sagaType === null ? "" : ` of ${sagaType}`;
  return `${sagas}${type} ${conditions[condition]} within ${windowText(windowSeconds)}`;
}

/** What the list of sagas is asked for, to show those that a rule counts: what ended in its window, whenever it began. */
export function countedPatch({
  condition,
  sagaType,
  windowSeconds,
}: Pick<AlertRule, "condition" | "sagaType" | "windowSeconds">): Patch {
  return {
    ...(condition === "overdue" ? { verdict: condition } : { state: condition, when: "ended" }),
    type: sagaType,
    range: windowSeconds % 3600 === 0 ? `${windowSeconds / 3600}h` : `${Math.ceil(windowSeconds / 60)}m`,
    from: null,
    to: null,
  };
}

/** `90 s`, `5 min`, `2 h`. */
export function windowText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
