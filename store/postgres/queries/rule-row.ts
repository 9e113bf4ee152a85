import { z } from "zod";
import { AlertRule } from "#contracts/api/alerts.ts";
import { MaybeMoment, Moment } from "./column-shapes.ts";

/** A rule as it is stored. */
export interface StoredRule extends AlertRule {
  /** Counts the operator's changes. */
  readonly revision: number;
  /** Why its webhook is not called any more; null while it is. */
  readonly deliveryProblem: string | null;
}

const { condition, severity, state } = AlertRule.shape;

/** A row of `alert_rules`. */
export const RuleRow = z
  .object({
    id: z.uuid(),
    name: z.string(),
    condition,
    saga_type: z.string().nullable(),
    threshold: z.number(),
    window_seconds: z.number(),
    severity,
    webhook_url: z.string(),
    enabled: z.boolean(),
    created_at: Moment,
    revision: z.number(),
    state,
    firing_since: MaybeMoment,
    last_count: z.number().nullable(),
    last_checked_at: MaybeMoment,
    check_problem: z.string().nullable(),
    delivery_problem: z.string().nullable(),
  })
  .transform(
    (row): StoredRule => ({
      id: row.id,
      name: row.name,
      condition: row.condition,
      sagaType: row.saga_type,
      threshold: row.threshold,
      windowSeconds: row.window_seconds,
      severity: row.severity,
      webhookUrl: row.webhook_url,
      enabled: row.enabled,
      state: row.state,
      lastCount: row.last_count,
      lastCheckedAt: row.last_checked_at,
      firingSince: row.firing_since,
      problem: [row.check_problem, row.delivery_problem].filter((problem) => problem !== null).join(" ") || null,
      createdAt: row.created_at,
      revision: row.revision,
      deliveryProblem: row.delivery_problem,
    }),
  );
