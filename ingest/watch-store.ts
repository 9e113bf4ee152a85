import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import type { Metrics } from "./metrics.ts";
import { byOneWorker } from "./one-worker.ts";

export interface WatchOptions {
  /** Asked of the store by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Asks the store, and tells by gauges. */
  readonly tell: () => Promise<void>;
  /** Leaves the telling to another worker. */
  readonly forget: () => void;
  /** What is told, for the log. */
  readonly what: string;
}

/** What whoever watches the store is given. */
export type StoreWatch = Pick<WatchOptions, "topic" | "metrics" | "log"> & { readonly client: StoreClient };

const leastRestMs = 60_000;
// Five million rows take two seconds: the store is at it for a fiftieth of the time at most.
const restTimes = 50;
const lookMs = 1_000;
const patienceMs = 60_000;

/** Has one worker of all tell what the store alone knows, once a minute at most, until `signal` aborts. */
export async function watchStore(
  { topic, metrics, log, tell, forget, what }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const turn = async () => {
    await tell().catch((error: unknown) => {
      forget();
      log.warn({ reason: messageOf(error) }, `Cannot tell now ${what}; asking again`);
    });
    return { leastMs: leastRestMs, times: restTimes };
  };
  await byOneWorker({ topic, metrics, lookMs, patienceMs, turn, leave: forget }, signal);
}
