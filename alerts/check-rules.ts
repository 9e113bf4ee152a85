import { randomUUID } from "node:crypto";
import { messageOf as reasonOf, SagascopeError } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { Limits } from "#sagas/outlook/limits.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { type AlertSagas, alertSagas } from "#store/clickhouse/queries/alert-sagas.ts";
import { type StatePool, transaction } from "#store/postgres/client.ts";
import { addDelivery } from "#store/postgres/queries/add-delivery.ts";
import { cancelDeliveries } from "#store/postgres/queries/cancel-deliveries.ts";
import { claimRules } from "#store/postgres/queries/claim-rules.ts";
import { recordCheck } from "#store/postgres/queries/record-check.ts";
import { recordCheckProblem } from "#store/postgres/queries/record-check-problem.ts";
import { lockRule } from "#store/postgres/queries/rule-by-id.ts";
import type { StoredRule } from "#store/postgres/queries/rule-row.ts";
import { type Decision, decide } from "./decide.ts";
import { mostSagasTold, webhookBody } from "./webhook-body.ts";

export interface CheckPorts {
  readonly pool: StatePool;
  readonly store: StoreClient;
  /** How long sagas wait at most, as learned. */
  readonly limits: () => Promise<Limits>;
  /** What links begin with. */
  readonly publicUrl: string;
  readonly log: Logger;
  readonly now: () => number;
}

/** What became of a look at a rule; `outdated` where the rule was changed or looked at by another meanwhile. */
export type Checked = Decision | "outdated" | "problem";

/** How often a rule is looked at. */
export const checkEveryMs = 2_000;

const atOnce = 4;

/** Looks at every rule that is due. Throws only where the state store fails. */
export async function checkDueRules(ports: CheckPorts): Promise<Checked[]> {
  const nowMs = ports.now();
  const rules = await claimRules(ports.pool, { nowMs, nextMs: nowMs + checkEveryMs, limit: 200 });
  const all: Checked[] = [];
  const lanes = Array.from({ length: Math.min(atOnce, rules.length) }, async () => {
    for (let rule = rules.pop(); rule !== undefined; rule = rules.pop()) all.push(await checkRule(rule, ports));
  });
  await Promise.all(lanes);
  return all;
}

async function checkRule(rule: StoredRule, ports: CheckPorts): Promise<Checked> {
  const nowMs = ports.now();
  let found: AlertSagas;
  try {
    const window = { fromMs: nowMs - rule.windowSeconds * 1000, toMs: nowMs };
    const asker = createAsker(ports.store, { maxSeconds: 8, maxMemoryBytes: 500_000_000 });
    found = await alertSagas(asker, rule, { window, most: mostSagasTold, limits: await ports.limits() });
  } catch (error) {
    // What cannot be counted is no count: the rule stays as it was.
    const problem = error instanceof SagascopeError ? error.message : "It could not be looked at.";
    ports.log.warn({ rule: rule.id, err: reasonOf(error) }, "A rule could not be looked at");
    await recordCheckProblem(ports.pool, { id: rule.id, revision: rule.revision, problem });
    return "problem";
  }
  return await judge(rule, found, { ...ports, nowMs });
}

/** Writes down what was found, and in the same transaction the message that it leads to. */
async function judge(
  asked: StoredRule,
  found: AlertSagas,
  { pool, publicUrl, log, nowMs }: CheckPorts & { nowMs: number },
): Promise<Checked> {
  const checked = await transaction(pool, async (db): Promise<Checked> => {
    const rule = await lockRule(db, asked.id);
    if (!rule?.enabled || rule.revision !== asked.revision) return "outdated";
    if (rule.lastCheckedAt !== null && Date.parse(rule.lastCheckedAt) > nowMs) return "outdated";
    const decision = decide(rule, found.count, rule.state);
    const state = decision === "nothing" ? rule.state : decision === "fire" ? "firing" : "ok";
    await recordCheck(db, rule.id, { count: found.count, checkedMs: nowMs, state });
    if (decision === "nothing") return decision;
    const occasion = decision === "fire" ? ({ kind: "firing" } as const) : ({ kind: "resolved" } as const);
    const message = webhookBody(occasion, { rule, found, nowMs, publicUrl });
    const body = JSON.stringify(message);
    await addDelivery(db, { id: randomUUID(), rule, event: message.type, body }, nowMs);
    if (rule.deliveryProblem !== null) {
      await cancelDeliveries(db, rule.id, { reason: `Not sent. ${rule.deliveryProblem}`, nowMs, keepTests: true });
    }
    return decision;
  });
  if (checked === "fire" || checked === "resolve") {
    log.info({ rule: asked.id, name: asked.name, count: found.count }, checked === "fire" ? "Firing" : "Resolved");
  }
  return checked;
}
