import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { type Block, insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import type { RetryCause } from "./classify-error.ts";
import type { Encode } from "./encoded.ts";
import type { Owner } from "./kafka-source.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
import { retryForever } from "./retry.ts";
import { type Chunk, type Outcome, storeChunk } from "./store-chunk.ts";

export interface StoreTopicPorts {
  readonly client: StoreClient;
  readonly encode: Encode;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
}

/** Stores one chunk of a topic, trying for as long as the store is away, and counts what came of it. */
export async function storeTopicChunk(chunk: Chunk, owner: Owner, ports: StoreTopicPorts): Promise<void> {
  const { metrics, readiness, log } = ports;
  const place = `${chunk.topic}-${chunk.partition}`;
  const retrying = (cause: RetryCause, error: unknown, waitMs: number) => {
    metrics.retries.inc({ cause });
    readiness.cannotStore(place, cause);
    log.warn({ place, cause, waitMs, err: error }, "The store did not take a chunk; trying again");
  };
  const insert = (block: Block) =>
    retryForever(() => timed(block, ports), { retrying, signal: owner.signal }).then(() => readiness.canStore(place));
  const outcome = await storeChunk(chunk, { ...owner, encode: ports.encode, insert });
  count(chunk, outcome, metrics);
  if (outcome.dead.length > 0) {
    const reasons = [...new Set(outcome.dead.map(({ death }) => death.reason))];
    log.warn(
      { place, dead: outcome.dead.length, reasons, min: `${chunk.range.min}`, max: `${chunk.range.max}` },
      "Dead letters",
    );
  }
}

async function timed(block: Block, { client, metrics }: StoreTopicPorts): Promise<void> {
  const stop = metrics.insertSeconds.startTimer({ table: block.table });
  await insertBlock(client, block);
  stop();
}

function count({ topic, messages }: Chunk, { stored, dead }: Outcome, metrics: Metrics): void {
  metrics.messages.inc({ topic }, messages.length);
  for (const [table, rows] of stored) metrics.stored.inc({ topic, table }, rows);
  for (const { death } of dead) metrics.dead.inc({ topic, reason: death.reason });
}
