import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import type { Metrics } from "./metrics.ts";

interface KeepOptions {
  /** Done by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const leastRestMs = 2_000;
// Inserts come first: what waits to be listed is read from elsewhere, only more slowly.
const restTimes = { behind: 9, inTime: 1 } as const;
const behindFrom = 10_000;
const failedRestMs = 10_000;
const lookMs = 500;

/** Lists sagas anew once they have changed, until `signal` aborts. */
export async function keepLists({ topic, client, metrics, log }: KeepOptions, signal: AbortSignal): Promise<void> {
  let lister: SagaLister | undefined;
  let nextMs = 0;
  while (!signal.aborted) {
    if (!metrics.lags.has(topic, 0)) lister = undefined;
    else if (performance.now() >= nextMs) {
      const beganMs = performance.now();
      lister ??= new SagaLister(client);
      const rest = await lister.turn().then(
        ({ changes, more }) => {
          metrics.listed.inc(changes);
          const behind = [...metrics.lags.all()].some(({ lag }) => lag.messages > behindFrom);
          const restMs = (performance.now() - beganMs) * restTimes[behind ? "behind" : "inTime"];
          return more ? restMs : Math.max(leastRestMs, restMs);
        },
        (error: unknown) => {
          log.warn({ reason: messageOf(error) }, "Cannot list now which sagas have changed; trying again");
          // It may have been cut short, and what another store knows is another matter.
          lister = undefined;
          return failedRestMs;
        },
      );
      nextMs = performance.now() + rest;
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
