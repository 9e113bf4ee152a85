import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { type Listed, SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import type { Metrics } from "./metrics.ts";
import { byOneWorker, type Rest } from "./one-worker.ts";

interface KeepOptions {
  /** Done by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}

// What shows is listed soon, and where nothing changes little is asked.
const leastRestMs = { changed: 400, unchanged: 800 } as const;
const restTimes = 4;
// Inserts come first: what waits to be listed is read from elsewhere, only more slowly.
const patienceMs = 10_000;
const settleEveryMs = 10_000;
const failedRestMs = 10_000;
const lookMs = 100;

/** Lists sagas anew once they have changed, until `signal` aborts. */
export async function keepLists({ topic, client, metrics, log }: KeepOptions, signal: AbortSignal): Promise<void> {
  let lister: SagaLister | undefined;
  let settleAtMs = 0;
  const leave = () => {
    lister = undefined;
  };
  const list = async (one: SagaLister): Promise<Listed> => {
    const seen = await one.look();
    if (!seen.more && performance.now() < settleAtMs) return seen;
    const settled = await one.turn();
    const uncounted = !settled.more && (await count(one));
    settleAtMs = settled.more || uncounted ? 0 : performance.now() + settleEveryMs;
    return { changes: seen.changes + settled.changes, more: settled.more || uncounted };
  };
  const count = (one: SagaLister): Promise<boolean> =>
    one.count().catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, "Cannot count now what has been listed; lists read it row by row");
      return false;
    });
  const turn = async (): Promise<Rest> => {
    lister ??= new SagaLister(client);
    try {
      const { changes, more } = await list(lister);
      metrics.listed.inc(changes);
      return {
        leastMs: more ? 0 : leastRestMs[changes > 0 ? "changed" : "unchanged"],
        times: restTimes,
      };
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "Cannot list now which sagas have changed; trying again");
      // It may have been cut short, and what another store knows is another matter.
      leave();
      return { leastMs: failedRestMs, times: 0 };
    }
  };
  await byOneWorker({ topic, metrics, lookMs, patienceMs, turn, leave }, signal);
}
