import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import type { Metrics } from "./metrics.ts";
import { byOneWorker, isBehind, type Rest } from "./one-worker.ts";

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
const failedRestMs = 10_000;
const lookMs = 500;

/** Lists sagas anew once they have changed, until `signal` aborts. */
export async function keepLists({ topic, client, metrics, log }: KeepOptions, signal: AbortSignal): Promise<void> {
  let lister: SagaLister | undefined;
  const leave = () => {
    lister = undefined;
  };
  const turn = async (): Promise<Rest> => {
    lister ??= new SagaLister(client);
    try {
      const { changes, more } = await lister.turn();
      metrics.listed.inc(changes);
      return { leastMs: more ? 0 : leastRestMs, times: restTimes[isBehind(metrics) ? "behind" : "inTime"] };
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "Cannot list now which sagas have changed; trying again");
      // It may have been cut short, and what another store knows is another matter.
      leave();
      return { leastMs: failedRestMs, times: 0 };
    }
  };
  await byOneWorker({ topic, metrics, lookMs, turn, leave }, signal);
}
