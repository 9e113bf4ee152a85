"use client";

import { useCallback } from "react";
import type { AlertRule, AlertRuleInput } from "#contracts/api/alerts.ts";
import type { AlertActions } from "./actions.ts";
import { draftOf, newDraft } from "./rule-draft.ts";
import { RuleForm } from "./rule-form.tsx";

/** The form for the rule that the address names, or for a new one. */
export function RuleEditor({
  id,
  rules,
  types,
  actions: { create, change },
  onClose,
}: {
  id: string;
  rules: readonly AlertRule[];
  types: readonly string[];
  actions: AlertActions;
  onClose: () => void;
}) {
  const rule = rules.find((one) => one.id === id);
  const save = useCallback(
    (input: AlertRuleInput) => (id === "new" ? create(input) : change(id, input)),
    [id, create, change],
  );
  if (id !== "new" && rule === undefined) return null;
  return (
    <RuleForm
      key={id}
      title={rule ? `Change “${rule.name}”` : "New rule"}
      draft={rule ? draftOf(rule) : newDraft}
      types={types}
      save={save}
      onClose={onClose}
    />
  );
}
