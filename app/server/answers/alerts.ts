import { showSecret } from "#alerts/signing-secret.ts";
import { currentFreshness } from "#app/server/ask.ts";
import { type Said, stateAnswer } from "#app/server/state-answer.ts";
import { stateStore } from "#app/server/state-store.ts";
import { AlertRuleAnswer, Alerts, WebhookSecretAnswer } from "#contracts/api/alerts.ts";
import { SagascopeError } from "#lib/errors.ts";
import { listDeliveries } from "#store/postgres/queries/list-deliveries.ts";
import { listRules } from "#store/postgres/queries/list-rules.ts";
import { ruleById } from "#store/postgres/queries/rule-by-id.ts";

const deliveriesTold = 200;

/** All rules, and the newest deliveries. */
export async function answerAlerts(): Promise<Alerts> {
  return Alerts.parse(await stateAnswer(sayAlerts, { freshness: currentFreshness }));
}

async function sayAlerts(): Promise<Said<object>> {
  const [rules, deliveries] = await Promise.all([
    listRules(stateStore()),
    listDeliveries(stateStore(), deliveriesTold),
  ]);
  const attempts = deliveries.reduce((sum, delivery) => sum + delivery.attempts.length, 0);
  return { content: { rules, deliveries }, rowsRead: rules.length + deliveries.length + attempts };
}

/** Throws `NOT_FOUND`. */
export async function answerRule(id: string): Promise<AlertRuleAnswer> {
  const say = async () => {
    const content = await ruleById(stateStore(), id);
    if (!content) throw new SagascopeError("NOT_FOUND", "There is no such rule. It may have been deleted.");
    return { content, rowsRead: 1 };
  };
  return AlertRuleAnswer.parse(await stateAnswer(say, { freshness: currentFreshness }));
}

/** What webhooks are signed with, by who knows the token. */
export async function answerSecret(now: { token: string; nowMs: number }): Promise<WebhookSecretAnswer> {
  const say = async () => {
    const content = await showSecret(stateStore(), now);
    return { content, rowsRead: content.previousUntil === null ? 1 : 2 };
  };
  return WebhookSecretAnswer.parse(await stateAnswer(say, { freshness: currentFreshness }));
}
