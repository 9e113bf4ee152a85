import { randomUUID } from "node:crypto";
import type { Logger } from "#lib/log.ts";
import { type StatePool, transaction } from "#store/postgres/client.ts";
import { cancelDeliveries } from "#store/postgres/queries/cancel-deliveries.ts";
import { type ClaimedDelivery, claimDeliveries } from "#store/postgres/queries/claim-deliveries.ts";
import { recordAttempt } from "#store/postgres/queries/record-attempt.ts";
import { recordDeliveryProblem } from "#store/postgres/queries/record-delivery-problem.ts";
import { type AfterAttempt, afterAttempt } from "./after-attempt.ts";
import { type PostOptions, post } from "./post.ts";
import { signatureHeaders } from "./sign.ts";
import { signingSecrets } from "./signing-secret.ts";

export interface DeliverPorts extends Pick<PostOptions, "allowPrivate" | "stop"> {
  readonly pool: StatePool;
  /** The installation's token, which the signing secret is sealed with. */
  readonly token: string;
  readonly log: Logger;
  readonly now: () => number;
  /** In [0, 1). */
  readonly chance: () => number;
  /** How long a receiver may take. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 10_000;
/** Beyond the longest attempt, so that no one takes a delivery from a process that still works on it. */
const claimSlackMs = 20_000;

/**
 * Takes what is due, at most `limit`, and sends it. Resolves once all of it is taken, with a promise for the end of
 * each. Those reject only where the state store fails: then the claim runs out, and another sends it under the same id.
 */
export async function deliverDue(
  ports: DeliverPorts,
  limit: number,
): Promise<{ sending: Promise<AfterAttempt["outcome"]>[] }> {
  const nowMs = ports.now();
  const untilMs = nowMs + (ports.timeoutMs ?? usualTimeoutMs) + claimSlackMs;
  // Before the claim: what cannot be signed is not taken.
  const secrets = await signingSecrets(ports.pool, { token: ports.token, nowMs });
  const claimed = await claimDeliveries(ports.pool, { claim: randomUUID(), nowMs, untilMs, limit });
  return { sending: claimed.map((delivery) => send(delivery, secrets, ports)) };
}

async function send(
  delivery: ClaimedDelivery,
  secrets: readonly string[],
  ports: DeliverPorts,
): Promise<AfterAttempt["outcome"]> {
  const atMs = ports.now();
  const began = performance.now();
  const { body } = delivery;
  const headers = signatureHeaders({ id: delivery.id, atMs, body }, secrets);
  const timeoutMs = ports.timeoutMs ?? usualTimeoutMs;
  const posted = await post(delivery.url, { headers, body }, { ...ports, timeoutMs, nowMs: atMs });
  const tookMs = Math.round((performance.now() - began) * 10) / 10;
  const after = afterAttempt(posted, { failures: delivery.failures, nowMs: ports.now(), chance: ports.chance() });
  await writeDown(delivery, after, { ports, atMs, tookMs });
  const { outcome, status, error } = after;
  ports.log.info({ delivery: delivery.id, event: delivery.event, outcome, status, error, tookMs }, "Called a webhook");
  return outcome;
}

async function writeDown(
  { id, claim, ruleId, url }: ClaimedDelivery,
  { outcome, status, error, standing }: AfterAttempt,
  { ports, atMs, tookMs }: { ports: DeliverPorts; atMs: number; tookMs: number },
): Promise<void> {
  await transaction(ports.pool, async (db) => {
    await recordAttempt(db, { deliveryId: id, atMs, tookMs, status, error }, { claim, standing });
    if (outcome === "delivered") await recordDeliveryProblem(db, { ruleId, url, problem: null });
    if (outcome === "gone") {
      const nowMs = ports.now();
      const problem = `The webhook answered 410 Gone at ${new Date(nowMs).toISOString()}, so it is not called any more. Save the rule, or send a test that succeeds, to call it again.`;
      const stopped = await recordDeliveryProblem(db, { ruleId, url, problem });
      if (stopped) await cancelDeliveries(db, ruleId, { reason: `Not sent. ${problem}`, nowMs, keepTests: true });
    }
  });
}
