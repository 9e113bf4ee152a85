import type { AlertRuleInput, WebhookSecret } from "#contracts/api/alerts.ts";

/** What an operator can do on the page. Each rejects with an Error whose message is for people. */
export interface AlertActions {
  readonly create: (rule: AlertRuleInput) => Promise<void>;
  readonly change: (id: string, rule: AlertRuleInput) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** Sends a test to a rule's webhook. */
  readonly sendTest: (id: string) => Promise<void>;
  /** Sends a delivery again. */
  readonly replay: (deliveryId: string) => Promise<void>;
  readonly secret: () => Promise<WebhookSecret>;
  /** Makes a new secret; calls are signed with the one before too, for a while. */
  readonly rotateSecret: () => Promise<WebhookSecret>;
}
