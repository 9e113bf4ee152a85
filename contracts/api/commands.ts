import type { z } from "zod";
import { AlertRule, AlertRuleAnswer, AlertRuleInput, Alerts, Delivery, WebhookSecret } from "./alerts.ts";
import { Replayed, ReplayRequest } from "./dead-letters.ts";

/** A route that is no question about the store: it changes something, or tells what can be changed. */
interface Command {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Under `apiRoot`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: z.ZodType;
}

export const commands = [
  { method: "GET", path: "/alerts", summary: "All rules, and the newest deliveries", status: 200, answer: Alerts },
  {
    method: "POST",
    path: "/alerts/rules",
    summary: "Adds a rule",
    body: AlertRuleInput,
    status: 201,
    answer: AlertRule,
  },
  { method: "GET", path: "/alerts/rules/{id}", summary: "One rule", status: 200, answer: AlertRuleAnswer },
  {
    method: "PUT",
    path: "/alerts/rules/{id}",
    summary: "Changes a rule",
    body: AlertRuleInput,
    status: 200,
    answer: AlertRule,
  },
  { method: "DELETE", path: "/alerts/rules/{id}", summary: "Removes a rule", status: 204 },
  {
    method: "POST",
    path: "/alerts/rules/{id}/test",
    summary: "Sends a test to its webhook",
    status: 202,
    answer: Delivery,
  },
  {
    method: "POST",
    path: "/alerts/deliveries/{id}/replay",
    summary: "Sends a delivery again, under the same id",
    status: 202,
    answer: Delivery,
  },
  {
    method: "GET",
    path: "/alerts/secret",
    summary: "What webhooks are signed with",
    status: 200,
    answer: WebhookSecret,
  },
  {
    method: "POST",
    path: "/alerts/secret",
    summary: "Makes a new secret; the one before signs too for a day",
    status: 201,
    answer: WebhookSecret,
  },
  {
    method: "POST",
    path: "/dead-letters/{id}/replay",
    summary: "Sends a dead letter again, as it was or mended",
    body: ReplayRequest,
    status: 202,
    answer: Replayed,
  },
] as const satisfies readonly Command[];
