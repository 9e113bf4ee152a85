import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { createRecentLimits } from "#store/clickhouse/rollups/recent-limits.ts";
import type { StatePool } from "#store/postgres/client.ts";
import { forgetDeliveries } from "#store/postgres/queries/forget-deliveries.ts";
import { checkDueRules } from "./check-rules.ts";
import { deliverDue } from "./deliver.ts";
import type { AlertMetrics } from "./metrics.ts";
import { repeat } from "./repeat.ts";

export interface AlertingOptions {
  readonly pool: StatePool;
  readonly store: StoreClient;
  readonly publicUrl: string;
  readonly token: string;
  readonly allowPrivate: boolean;
  readonly metrics: AlertMetrics;
  readonly log: Logger;
}

export interface Alerting {
  /** Why it cannot do its work now; undefined while it can. */
  notReady(): string | undefined;
  /** Ends what is under way, or leaves it to be done again, within 4 s. */
  stop(): Promise<void>;
}

const mostCallsAtOnce = 16;
const dayMs = 86_400_000;
const keptMs = 30 * dayMs;
const patienceMs = 2_500;

/** Looks at the rules and calls the webhooks until it is stopped. Any number of processes may do so side by side. */
export function startAlerting(options: AlertingOptions): Alerting {
  const { pool, log, metrics } = options;
  const stopLooking = new AbortController();
  const stopCalling = new AbortController();
  const troubles = new Map<string, string>([["start", "not looked yet"]]);
  const calls = new Set<Promise<unknown>>();
  const limits = createRecentLimits(options.store);
  const ports = { ...options, limits, now: Date.now, chance: Math.random, stop: stopCalling.signal };

  const check = async () => {
    for (const result of await checkDueRules(ports)) {
      metrics.checks.inc({ result });
      if (result === "problem") throw new Error("A rule could not be looked at: its problem says why");
    }
  };
  const deliver = async () => {
    const free = mostCallsAtOnce - calls.size;
    if (free <= 0) return;
    for (const sending of (await deliverDue(ports, free)).sending) {
      const call = sending
        .then((outcome) => metrics.attempts.inc({ outcome }))
        .catch((error: unknown) => log.error({ err: messageOf(error) }, "A call could not be written down"))
        .finally(() => calls.delete(call));
      calls.add(call);
    }
  };
  const forget = async () => {
    await forgetDeliveries(pool, Date.now() - keptMs);
  };
  const keep = (name: string, work: () => Promise<void>, everyMs: number) =>
    repeat(work, { everyMs, stop: stopLooking.signal, done: (error) => hear(name, error) });
  const hear = (name: string, error: unknown) => {
    if (name === "rules") troubles.delete("start");
    const trouble = error === undefined ? undefined : messageOf(error);
    // Once for a trouble that lasts, however often it is met.
    if (trouble !== undefined && troubles.get(name) !== trouble) log.error({ part: name, err: trouble }, "Trouble");
    if (trouble === undefined) troubles.delete(name);
    else troubles.set(name, trouble);
  };
  const loops = [
    keep("rules", check, 500),
    keep("deliveries", deliver, 500),
    keep("old deliveries", forget, 3_600_000),
  ];

  return {
    notReady: () =>
      troubles.size === 0 ? undefined : [...troubles].map(([name, text]) => `${name}: ${text}`).join("; "),
    async stop() {
      stopLooking.abort();
      const ended = Promise.all([...loops, ...calls]);
      await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
      stopCalling.abort();
      await Promise.race([Promise.all([...loops, ...calls]), sleep(1_500, undefined, { ref: false })]);
    },
  };
}
