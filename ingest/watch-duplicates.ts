import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { countDuplicates } from "#store/clickhouse/queries/count-duplicates.ts";
import { duplicatesWindow, type Metrics } from "./metrics.ts";

interface WatchOptions {
  /** Asked of the store by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const leastRestMs = 60_000;
// Five million rows take two seconds: the store is at it for a fiftieth of the time at most.
const restTimes = 50;
const lookMs = 1_000;

/**
 * Tells, until `signal` aborts, how many events their producers sent again. The store is asked, for it alone can tell these
 * from chunks that were delivered again, and knows of them after a restart.
 */
export async function watchDuplicates(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { topic, metrics } = options;
  let nextMs = 0;
  while (!signal.aborted) {
    if (!metrics.lags.has(topic, 0)) {
      metrics.duplicates.reset();
      nextMs = 0;
    } else if (performance.now() >= nextMs) {
      const beganMs = performance.now();
      await tell(options);
      const endedMs = performance.now();
      nextMs = endedMs + Math.max(leastRestMs, restTimes * (endedMs - beganMs));
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

async function tell({ client, metrics, log }: WatchOptions): Promise<void> {
  const toMs = Date.now();
  try {
    const { count } = await countDuplicates(createAsker(client), { fromMs: toMs - duplicatesWindow.ms, toMs });
    metrics.duplicates.set({ window: duplicatesWindow.name }, count);
  } catch (error) {
    metrics.duplicates.reset();
    log.warn({ reason: messageOf(error) }, "Cannot tell now how many events were sent again; asking again");
  }
}
