import { randomUUID } from "node:crypto";
import type { AlertRule, AlertRuleInput, Delivery } from "#contracts/api/alerts.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Db } from "#store/postgres/ask.ts";
import { type StatePool, transaction } from "#store/postgres/client.ts";
import { addDelivery } from "#store/postgres/queries/add-delivery.ts";
import { cancelDeliveries } from "#store/postgres/queries/cancel-deliveries.ts";
import { createRule, mostRules } from "#store/postgres/queries/create-rule.ts";
import { deleteRule } from "#store/postgres/queries/delete-rule.ts";
import { deliveryById } from "#store/postgres/queries/list-deliveries.ts";
import { redirectDeliveries } from "#store/postgres/queries/redirect-deliveries.ts";
import { requeueDelivery } from "#store/postgres/queries/requeue-delivery.ts";
import { lockRule, ruleById } from "#store/postgres/queries/rule-by-id.ts";
import type { StoredRule } from "#store/postgres/queries/rule-row.ts";
import { updateRule } from "#store/postgres/queries/update-rule.ts";
import { nothingFound, type Occasion, webhookBody } from "./webhook-body.ts";

/** When it is, and what links begin with. */
export interface Circumstances {
  readonly nowMs: number;
  readonly publicUrl: string;
}

const noSuchRule = (id: string) => new SagascopeError("NOT_FOUND", `There is no rule ${id}. It may have been deleted.`);

/** Adds a rule; throws `CONFLICT` where there are too many. */
export async function addRule(pool: StatePool, rule: AlertRuleInput, { nowMs }: Circumstances): Promise<AlertRule> {
  const created = await createRule(pool, rule, { id: randomUUID(), nowMs });
  if (created) return created;
  throw new SagascopeError("CONFLICT", `There are ${mostRules} rules already. Delete one first.`);
}

/**
 * Puts other settings in a rule's place. What still waits to be sent goes to the new address; a rule that was firing
 * and is switched off tells its receiver so. Throws `NOT_FOUND`.
 */
export async function changeRule(
  pool: StatePool,
  id: string,
  { input, ...around }: Circumstances & { input: AlertRuleInput },
): Promise<AlertRule> {
  return await transaction(pool, async (db) => {
    const before = await lockRule(db, id);
    const after = await updateRule(db, input, { id, nowMs: around.nowMs });
    if (!before || !after) throw noSuchRule(id);
    await redirectDeliveries(db, id, { url: after.webhookUrl, nowMs: around.nowMs });
    if (before.state === "firing" && !after.enabled) {
      const rule = { ...before, webhookUrl: after.webhookUrl };
      await queue(db, { kind: "ended", by: "switched off" }, { ...around, rule });
    }
    return after;
  });
}

/** Deletes a rule; one that was firing tells its receiver so, and nothing else is sent for it. Throws `NOT_FOUND`. */
export async function removeRule(pool: StatePool, id: string, around: Circumstances): Promise<void> {
  await transaction(pool, async (db) => {
    const rule = await lockRule(db, id);
    if (!rule) throw noSuchRule(id);
    const { nowMs } = around;
    await cancelDeliveries(db, id, { reason: "Not sent: the rule was deleted.", nowMs });
    if (rule.state === "firing" && rule.deliveryProblem === null) {
      await queue(db, { kind: "ended", by: "deleted" }, { ...around, rule });
    }
    await deleteRule(db, id);
  });
}

/** Queues a signed `alert.test` to a rule's webhook. Throws `NOT_FOUND`. */
export async function testRule(pool: StatePool, id: string, around: Circumstances): Promise<Delivery> {
  const rule = await ruleById(pool, id);
  if (!rule) throw noSuchRule(id);
  return await queue(pool, { kind: "test" }, { ...around, rule });
}

/**
 * Sends a delivery again, or at once where it waits, under the same id, to where its rule's webhook is now.
 * Throws `NOT_FOUND`, or `CONFLICT` where its rule is gone.
 */
export async function replayDelivery(pool: StatePool, id: string, { nowMs }: Circumstances): Promise<Delivery> {
  return await transaction(pool, async (db) => {
    const delivery = await deliveryById(db, id);
    if (!delivery) throw new SagascopeError("NOT_FOUND", `There is no delivery ${id}. It may be too old.`);
    const rule = await ruleById(db, delivery.ruleId);
    if (!rule) throw new SagascopeError("CONFLICT", "Its rule was deleted, so it is not sent any more.");
    await requeueDelivery(db, id, { url: rule.webhookUrl, nowMs });
    return await existing(db, id);
  });
}

async function queue(
  db: Db,
  occasion: Occasion,
  { rule, nowMs, publicUrl }: Circumstances & { rule: StoredRule },
): Promise<Delivery> {
  const message = webhookBody(occasion, { rule, found: nothingFound, nowMs, publicUrl });
  const id = randomUUID();
  await addDelivery(db, { id, rule, event: message.type, body: JSON.stringify(message) }, nowMs);
  return await existing(db, id);
}

async function existing(db: Db, id: string): Promise<Delivery> {
  const delivery = await deliveryById(db, id);
  if (!delivery) throw new SagascopeError("INTERNAL", `Delivery ${id} was just written and is not there`);
  return delivery;
}
