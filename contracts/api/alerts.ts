import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { StateCost } from "./answer.ts";

/** What an operator may set of a rule: `POST /api/v1/alerts/rules`, `PUT /api/v1/alerts/rules/{id}`. */
export const AlertRuleInput = z.object({
  name: Text.min(1).max(120),
  /** Counts sagas that entered this condition within the window. */
  condition: z.enum(["failed", "compensated", "overdue"]),
  /** Only this saga type; null for all. */
  sagaType: Text.max(200).nullable().default(null),
  /** Fires when the count is at or over this. */
  threshold: z.number().int().min(1).max(1_000_000),
  windowSeconds: z.number().int().min(10).max(86_400),
  severity: z.enum(["info", "warning", "critical"]).default("warning"),
  webhookUrl: z.url({ protocol: /^https?$/ }).max(2000),
  enabled: z.boolean().default(true),
});
export type AlertRuleInput = z.infer<typeof AlertRuleInput>;

export const AlertRule = AlertRuleInput.extend({
  id: z.string(),
  state: z.enum(["ok", "firing"]),
  /** Sagas counted when it was last looked at. */
  lastCount: z.number().int().nullable(),
  lastCheckedAt: z.string().nullable(),
  firingSince: z.string().nullable(),
  /** Why the rule could not be evaluated, if so. */
  problem: z.string().nullable(),
  createdAt: z.string(),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** `GET /api/v1/alerts/rules/{id}` */
export const AlertRuleAnswer = AlertRule.extend(StateCost.shape);
export type AlertRuleAnswer = z.infer<typeof AlertRuleAnswer>;

export const Delivery = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  event: z.enum(["alert.firing", "alert.resolved", "alert.test"]),
  state: z.enum(["pending", "delivered", "failed"]),
  url: z.string(),
  createdAt: z.string(),
  nextAttemptAt: z.string().nullable(),
  attempts: z.array(
    z.object({
      at: z.string(),
      status: z.number().int().nullable(),
      tookMs: z.number(),
      error: z.string().nullable(),
    }),
  ),
});
export type Delivery = z.infer<typeof Delivery>;

/** `GET /api/v1/alerts` */
export const Alerts = z.object({ rules: z.array(AlertRule), deliveries: z.array(Delivery), ...StateCost.shape });
export type Alerts = z.infer<typeof Alerts>;

/** `GET /api/v1/alerts/secret`, and `POST` to rotate: what webhooks are signed with, by Standard Webhooks. */
export const WebhookSecret = z.object({
  /** `whsec_` and base64. */
  secret: z.string(),
  createdAt: z.string(),
  /** Until when calls are signed with the secret before this one too; null where there is none. */
  previousUntil: z.string().nullable(),
});
export type WebhookSecret = z.infer<typeof WebhookSecret>;

/** The body that a webhook receives. */
export const WebhookBody = z.object({
  type: Delivery.shape.event,
  /** ISO 8601 UTC. */
  timestamp: z.string(),
  data: z.object({
    rule: z.object({
      id: z.string(),
      name: z.string(),
      condition: AlertRuleInput.shape.condition,
      severity: z.string(),
    }),
    count: z.number().int(),
    threshold: z.number().int(),
    windowSeconds: z.number().int(),
    sentence: z.string(),
    /** Opens the list of the sagas counted. */
    link: z.string(),
    /** Up to ten of the sagas counted, newest first, each with a link to its page. */
    sagas: z.array(
      z.object({ id: z.string(), type: z.string(), state: z.string(), startedAt: z.string(), link: z.string() }),
    ),
  }),
});
export type WebhookBody = z.infer<typeof WebhookBody>;
