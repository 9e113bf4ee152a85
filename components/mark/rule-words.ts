import type { BreachRule } from "#contracts/api/saga.ts";

/** What a broken consistency rule is called on a page. */
export const ruleWords = {
  never_compensated: "Never compensated",
  compensated_without_effect: "Compensated without effect",
  effect_twice: "Took effect twice",
  event_after_end: "Event after the end",
  two_ends: "Two different ends",
  out_of_order: "Out of the plan's order",
  undone_out_of_order: "Undone in the wrong order",
  missing_event: "Missing event",
} as const satisfies Record<BreachRule, string>;
