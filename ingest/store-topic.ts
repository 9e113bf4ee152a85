import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { type Block, insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { tryBlock } from "#store/clickhouse/inserts/try-block.ts";
import { classifyError, RefusedByView, type RetryCause } from "./classify-error.ts";
import { Doubt } from "./doubt.ts";
import type { Encode } from "./encoded.ts";
import type { Proof } from "./faulty-rows.ts";
import type { Metrics } from "./metrics.ts";
import type { Owner } from "./ownership.ts";
import type { Readiness } from "./readiness.ts";
import { type RetryWatch, retryForever } from "./retry.ts";
import type { Doing } from "./slots.ts";
import { type Chunk, type Outcome, type Sort, storeChunk } from "./store-chunk.ts";
import { Suspicion } from "./suspicion.ts";
import { tracedInsert } from "./tracing.ts";

export interface StoreTopicPorts {
  readonly client: StoreClient;
  readonly encode: Encode;
  /** Of a topic whose chunks went in two inserts once. */
  readonly sort: Sort | undefined;
  /** What is inserted at once; who waits to try again takes no place. */
  readonly inserting: Doing;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
  /** What it takes until a row that the store cannot read, under a code that nobody knows, is a dead letter. */
  readonly proof: Proof;
}

/** Stores one chunk of a topic, trying for as long as the store is away, and counts what came of it. */
export async function storeTopicChunk(chunk: Chunk, owner: Owner, ports: StoreTopicPorts): Promise<void> {
  const { client, inserting, metrics, readiness, log, proof } = ports;
  const place = `${chunk.topic}-${chunk.partition}`;
  const doubt = new Doubt(chunk, { client, log, persist: (work) => retryForever(work, watch), nowMs: Date.now });
  const retrying = (cause: RetryCause, error: unknown, waitMs: number) => {
    doubt.arises();
    metrics.retries.inc({ cause });
    readiness.cannotStore(place, cause);
    log.warn({ place, cause, waitMs, err: error }, "The store did not take a chunk; trying again");
  };
  const watch = { retrying, signal: owner.signal, before: owner.stillOurs };
  const persist = async (table: InsertedTable, insert: () => Promise<void>, more: Pick<RetryWatch, "unknown"> = {}) => {
    await retryForever(() => inserting.run(() => timed(table, insert, metrics)), { ...watch, ...more });
    readiness.canStore(place);
    readiness.stored(chunk.topic, Date.now());
  };
  const done = readiness.storing(chunk.topic, Date.now());
  const outcome = await storeChunk(chunk, {
    ...owner,
    encode: ports.encode,
    sort: ports.sort,
    insert: (block, each) => {
      const suspicion =
        each && new Suspicion(block.table, each, { client, proof, nowMs: Date.now, signal: owner.signal });
      return persist(block.table, () => insertRefusable(client, block), suspicion && { unknown: suspicion.look });
    },
    afresh: (tables) => doubt.settle(tables),
  }).finally(done);
  count(chunk, outcome, metrics);
  if (outcome.dead.length > 0) {
    const reasons = [...new Set(outcome.dead.map(({ death }) => death.reason))];
    log.warn(
      { place, dead: outcome.dead.length, reasons, min: `${chunk.range.min}`, max: `${chunk.range.max}` },
      "Dead letters",
    );
  }
}

/**
 * A table's views come after the table: a block that one of them refuses may stand in the table already, and in halves,
 * under other tokens, it would stand there twice. So rows are only refused where the store cannot read them.
 */
async function insertRefusable(client: StoreClient, block: Block): Promise<void> {
  try {
    await insertBlock(client, block);
  } catch (error) {
    if (classifyError(error).kind !== "split") throw error;
    await tryBlock(client, block);
    // Without the store's own words, which quote rows.
    const code = error instanceof Error && "type" in error ? error.type : "an error";
    throw new RefusedByView(
      `A view of ${block.table}, or a constraint on it, refuses rows that the table takes, with ${code}; mend or drop it`,
    );
  }
}

async function timed(table: InsertedTable, insert: () => Promise<void>, metrics: Metrics): Promise<void> {
  const stop = metrics.insertSeconds.startTimer({ table });
  await tracedInsert(table, insert);
  stop();
}

function count({ topic, messages }: Chunk, { stored, dead, ignored }: Outcome, metrics: Metrics): void {
  metrics.messages.inc({ topic }, messages.length);
  let bytes = 0;
  for (const { valueBytes } of messages) bytes += valueBytes;
  metrics.bytes.inc({ topic }, bytes);
  if (ignored > 0) metrics.ignored.inc({ topic }, ignored);
  for (const [table, rows] of stored) metrics.stored.inc({ topic, table }, rows);
  for (const { death } of dead) metrics.dead.inc({ topic, reason: death.reason });
}
