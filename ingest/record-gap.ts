import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import type { Gap } from "./beginning.ts";
import type { Metrics } from "./metrics.ts";
import { retryForever } from "./retry.ts";

export interface GapPorts {
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Makes a gap known: one row of `ingest_gaps` however often it is tried, a count, and an error in the log. */
export async function recordGap(
  { topic, partition }: { topic: string; partition: number },
  gap: Gap,
  { client, metrics, log, signal }: GapPorts,
): Promise<void> {
  const { from, to, reason, atMs } = gap;
  const place = { topic, partition, from: `${from}`, to: `${to}`, reason };
  const row = `[${JSON.stringify(topic)},${partition},${from},${to},${atMs},${JSON.stringify(reason)}]\n`;
  const block = {
    table: "ingest_gaps" as const,
    token: `${topic}-${partition}-gap-${from}-${atMs}`,
    body: [Buffer.from(row)],
  };
  await retryForever(() => insertBlock(client, block), {
    signal,
    retrying: (cause, error, waitMs) => {
      metrics.retries.inc({ cause });
      log.warn({ ...place, cause, waitMs, err: error }, "The store did not take the record of a gap; trying again");
    },
  });
  metrics.lost.inc({ topic, partition }, Number(to - from + 1n));
  log.error(place, "Messages are gone from the topic that were never stored");
}
