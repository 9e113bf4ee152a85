import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { createRollUp, type RollUp } from "#store/clickhouse/rollups/roll-up.ts";
import type { Metrics } from "./metrics.ts";
import { byOneWorker } from "./one-worker.ts";

interface KeepOptions {
  /** Kept by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const budgetMs = 1_000;
const leastRestMs = 5_000;
// At it for a tenth of the time at most.
const restTimes = 9;
const patienceMs = 60_000;
const lookMs = 1_000;

/** Keeps what definitions and outlooks are learned from up to date, until `signal` aborts. */
export async function keepRollups(options: KeepOptions, signal: AbortSignal): Promise<void> {
  const { topic, client, metrics } = options;
  let rollUp: RollUp | undefined;
  const leave = () => {
    rollUp = undefined;
    metrics.rollups.waiting.reset();
  };
  const count = async () => {
    const beganMs = performance.now();
    // Another worker may have been at it until now.
    rollUp ??= createRollUp(client);
    // What failed may have been cut short, and what another store knows is another matter.
    if (!(await turn(rollUp, options, signal))) rollUp = undefined;
    metrics.rollups.seconds.inc((performance.now() - beganMs) / 1000);
    return { leastMs: leastRestMs, times: restTimes };
  };
  await byOneWorker({ topic, metrics, lookMs, patienceMs, turn: count, leave }, signal);
}

/** Whether it could be done. */
async function turn(rollUp: RollUp, { metrics, log }: KeepOptions, signal: AbortSignal): Promise<boolean> {
  try {
    const { computed, waiting } = await rollUp.turn(budgetMs, signal);
    metrics.rollups.slots.inc(computed);
    metrics.rollups.waiting.set({}, waiting);
    return true;
  } catch (error) {
    metrics.rollups.waiting.reset();
    log.warn({ reason: messageOf(error) }, "Cannot learn from the newest sagas now; trying again");
    return false;
  }
}
