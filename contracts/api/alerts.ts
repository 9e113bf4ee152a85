import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { Milliseconds, Moment, Seconds, StateCost } from "./answer.ts";

/** What an operator may set of a rule: `POST /api/v1/alerts/rules`, `PUT /api/v1/alerts/rules/{id}`. */
export const AlertRuleInput = z.object({
  name: Text.min(1).max(120),
  condition: z
    .enum(["failed", "compensated", "overdue"])
    .describe("Counts sagas that entered this condition within the window."),
  sagaType: Text.max(200).nullable().default(null).describe("Only this saga type; null for all."),
  threshold: z.number().int().min(1).max(1_000_000).describe("Fires when the count is at or over this."),
  windowSeconds: z.number().int().min(10).max(86_400).describe("How far back it counts, in seconds."),
  severity: z.enum(["info", "warning", "critical"]).default("warning"),
  webhookUrl: z.url({ protocol: /^https?$/ }).max(2000),
  enabled: z.boolean().default(true),
});
export type AlertRuleInput = z.infer<typeof AlertRuleInput>;

export const AlertRule = AlertRuleInput.extend({
  id: z.string(),
  state: z.enum(["ok", "firing"]),
  lastCount: z.number().int().nullable().describe("Sagas counted when it was last looked at."),
  lastCheckedAt: Moment.nullable(),
  firingSince: z.string().nullable(),
  problem: z.string().nullable().describe("Why the rule could not be evaluated, if so."),
  createdAt: Moment,
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
  createdAt: Moment,
  nextAttemptAt: Moment.nullable(),
  attempts: z.array(
    z.object({
      at: Moment,
      status: z.number().int().nullable(),
      tookMs: Milliseconds,
      error: z.string().nullable(),
    }),
  ),
});
export type Delivery = z.infer<typeof Delivery>;

/** `GET /api/v1/alerts` */
export const Alerts = z.object({ rules: z.array(AlertRule), deliveries: z.array(Delivery), ...StateCost.shape });
export type Alerts = z.infer<typeof Alerts>;

/** `POST /api/v1/alerts/secret`, which makes a new one: what webhooks are signed with, by Standard Webhooks. */
export const WebhookSecret = z.object({
  secret: z.string().describe("`whsec_` and base64."),
  createdAt: Moment,
  previousUntil: z
    .string()
    .nullable()
    .describe("Until when calls are signed with the secret before this one too; null where there is none."),
});
export type WebhookSecret = z.infer<typeof WebhookSecret>;

/** `GET /api/v1/alerts/secret` */
export const WebhookSecretAnswer = WebhookSecret.extend(StateCost.shape);
export type WebhookSecretAnswer = z.infer<typeof WebhookSecretAnswer>;

/** The body that a webhook receives. */
export const WebhookBody = z.object({
  type: Delivery.shape.event,
  timestamp: z.string().describe("ISO 8601 UTC."),
  data: z.object({
    rule: z.object({
      id: z.string(),
      name: z.string(),
      condition: AlertRuleInput.shape.condition,
      severity: z.string(),
    }),
    count: z.number().int(),
    threshold: z.number().int(),
    windowSeconds: Seconds,
    sentence: z.string(),
    link: z.string().describe("Opens the list of the sagas counted."),
    sagas: z
      .array(z.object({ id: z.string(), type: z.string(), state: z.string(), startedAt: Moment, link: z.string() }))
      .describe("Up to ten of the sagas counted, newest first, each with a link to its page."),
  }),
});
export type WebhookBody = z.infer<typeof WebhookBody>;
