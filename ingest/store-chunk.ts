import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { deadLetterRows } from "./dead-letter-row.ts";
import type { Dead, Encode } from "./encoded.ts";
import { type Insert, insertRows } from "./insert-rows.ts";
import type { Messages } from "./message.ts";
import { chunkToken, type Range } from "./plan-chunk.ts";
import type { Sorted } from "./saga-events/sort-as-before.ts";

export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly range: Range;
  readonly messages: Messages;
  /** How many of the range's offsets hold nothing to store. */
  readonly skipped: number;
  /** Whether the range stands written already, by a worker that did not come to its end. */
  readonly written: boolean;
  /** Whether somebody may have begun to store it: nobody knows what the store made of that. */
  readonly tried: boolean;
}

export interface Ports {
  readonly encode: Encode;
  /** Tells apart what went in two inserts once. */
  readonly sort?: Sort | undefined;
  /** Writes the range down durably. Throws when the partition is no longer ours. */
  readonly writeDown: (range: Range) => Promise<void>;
  readonly insert: Insert;
  /** Moves the group's offset. Throws when the partition is no longer ours. */
  readonly commit: (next: bigint) => Promise<void>;
  /**
   * Whether the store may have lost what it said, or said it twice, since it crashed under the chunk: then what it holds
   * of it in these tables is gone, and all of it has to be stored anew under a token that ends in this text.
   */
  readonly afresh: (tables: readonly InsertedTable[]) => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

export type Sort = (messages: Messages) => Sorted;

/** How many rows were stored, by table, the dead, and how many messages were left aside. */
export interface Outcome {
  readonly stored: ReadonlyMap<InsertedTable, number>;
  readonly dead: readonly Dead[];
  readonly ignored: number;
}

interface Tally {
  readonly stored: Map<InsertedTable, number>;
  readonly dead: Dead[];
  /** What goes in once the dead are kept. */
  readonly later: Block[];
  ignored: number;
}

/** Stores a chunk exactly once, whoever tries it and however often. */
export async function storeChunk(chunk: Chunk, ports: Ports): Promise<Outcome> {
  const { range } = chunk;
  // First of all: whoever comes after a crash below this line repeats this range and no other, so the token holds.
  if (!chunk.written) await ports.writeDown(range);
  const token = chunkToken(chunk.topic, chunk.partition, range);
  let outcome = await storeUnder(token, chunk, ports);
  for (;;) {
    const again = await ports.afresh(tablesOf(outcome));
    if (again === undefined) break;
    outcome = await storeUnder(`${token}-${again}`, chunk, ports);
  }
  await recordSkipped(chunk, token, ports.insert);
  // Last of all: a crash above this line repeats the chunk, and its tokens make that harmless.
  await ports.commit(range.max + 1n);
  return outcome;
}

/** With them, offsets tell how many messages there were. */
async function recordSkipped(
  { topic, partition, range, skipped }: Chunk,
  token: string,
  insert: Insert,
): Promise<void> {
  if (skipped === 0) return;
  const minute = Math.floor(range.atMs / 60_000) * 60;
  const row = `[${JSON.stringify(topic)},${partition},${minute},${skipped},${range.min},${range.max}]\n`;
  await insert({ table: "ingest_skips", token: `${token}-skips`, body: [Buffer.from(row)] });
}

const tablesOf = ({ stored, dead }: Outcome): InsertedTable[] => [
  ...stored.keys(),
  ...(dead.length > 0 ? (["dead_letters"] as const) : []),
];

async function storeUnder(token: string, { range, messages }: Chunk, ports: Ports): Promise<Outcome> {
  const tally: Tally = { stored: new Map(), dead: [], later: [], ignored: 0 };
  if (range.isInTwo && ports.sort) {
    const { plain, odd } = ports.sort(messages);
    await storeRows(plain, token, { ports, tally });
    await storeRows(odd, `${token}-odd`, { ports, tally });
  } else await storeRows(messages, token, { ports, tally });
  const blocks = Map.groupBy(tally.dead, (dead) => dead.token ?? `${token}-dead_letters`);
  for (const [own, dead] of blocks)
    await ports.insert({ table: "dead_letters", token: own, body: deadLetterRows(dead, range.atMs) });
  for (const block of tally.later) await ports.insert(block);
  return tally;
}

async function storeRows(
  messages: Messages,
  token: string,
  { ports, tally }: { ports: Ports; tally: Tally },
): Promise<void> {
  if (messages.length === 0) return;
  const { stored, dead, later } = tally;
  const encoded = await ports.encode(messages, ports.signal);
  tally.ignored += encoded.ignored ?? 0;
  dead.push(...encoded.dead);
  for (const rows of encoded.rows) {
    const name = rows.share === undefined ? rows.table : `${rows.table}-${rows.share}`;
    const refused = await insertRows(rows, `${token}-${name}`, {
      insert: ports.insert,
      later: (block) => void later.push(block),
    });
    stored.set(rows.table, (stored.get(rows.table) ?? 0) + rows.count - refused.length);
    dead.push(...refused);
  }
}
