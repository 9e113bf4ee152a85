import { type AlertRule, AlertRuleInput } from "#contracts/api/alerts.ts";

/** A rule as its form holds it: text as typed. */
export interface RuleDraft {
  readonly name: string;
  readonly condition: string;
  /** Empty for all types. */
  readonly sagaType: string;
  readonly threshold: string;
  readonly window: string;
  readonly windowUnit: "s" | "min" | "h";
  readonly severity: string;
  readonly webhookUrl: string;
  readonly enabled: boolean;
}

export const newDraft: RuleDraft = {
  name: "",
  condition: "failed",
  sagaType: "",
  threshold: "1",
  window: "5",
  windowUnit: "min",
  severity: "warning",
  webhookUrl: "",
  enabled: true,
};

const unitSeconds = { s: 1, min: 60, h: 3600 } as const;

export function draftOf(rule: AlertRule): RuleDraft {
  const windowUnit = rule.windowSeconds % 3600 === 0 ? "h" : rule.windowSeconds % 60 === 0 ? "min" : "s";
  return {
    name: rule.name,
    condition: rule.condition,
    sagaType: rule.sagaType ?? "",
    threshold: String(rule.threshold),
    window: String(rule.windowSeconds / unitSeconds[windowUnit]),
    windowUnit,
    severity: rule.severity,
    webhookUrl: rule.webhookUrl,
    enabled: rule.enabled,
  };
}

export type DraftField = "name" | "condition" | "sagaType" | "threshold" | "windowSeconds" | "severity" | "webhookUrl";

export type ReadDraft =
  | { readonly kind: "rule"; readonly rule: AlertRuleInput }
  | { readonly kind: "problems"; readonly problems: Readonly<Partial<Record<DraftField, string>>> };

const advice: Readonly<Record<DraftField, string>> = {
  name: "Give it a name of 1 to 120 characters.",
  condition: "Choose what to count.",
  sagaType: "A type has at most 200 characters.",
  threshold: "Give a whole number from 1 to 1,000,000.",
  windowSeconds: "Give a time from 10 s to 24 h, in whole seconds.",
  severity: "Choose how grave it is.",
  webhookUrl: "Give a whole address, as https://example.org/hook.",
};

/** The rule that a draft means, or what is wrong with which field. */
export function readDraft(draft: RuleDraft): ReadDraft {
  const parsed = AlertRuleInput.safeParse({
    name: draft.name.trim(),
    condition: draft.condition,
    sagaType: draft.sagaType === "" ? null : draft.sagaType,
    threshold: numberOf(draft.threshold),
    windowSeconds: numberOf(draft.window) * unitSeconds[draft.windowUnit],
    severity: draft.severity,
    webhookUrl: draft.webhookUrl.trim(),
    enabled: draft.enabled,
  });
  if (parsed.success) return { kind: "rule", rule: parsed.data };
  const fields = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  return {
    kind: "problems",
    problems: Object.fromEntries(Object.entries(advice).filter(([field]) => fields.has(field))),
  };
}

/** NaN for an empty field: nothing is not zero. */
const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
