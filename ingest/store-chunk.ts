import { deadLetterRow } from "./dead-letter-row.ts";
import type { Dead, Encode } from "./encoded.ts";
import { type Insert, insertRows } from "./insert-rows.ts";
import type { Message } from "./message.ts";
import { chunkToken, type Range } from "./plan-chunk.ts";

export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly range: Range;
  readonly messages: readonly Message[];
  /** Whether the range stands written already, by a worker that did not come to its end. */
  readonly written: boolean;
}

export interface Ports {
  readonly encode: Encode;
  /** Writes the range down durably. Throws when the partition is no longer ours. */
  readonly writeDown: (range: Range) => Promise<void>;
  readonly insert: Insert;
  /** Moves the group's offset. Throws when the partition is no longer ours. */
  readonly commit: (next: bigint) => Promise<void>;
  readonly signal: AbortSignal;
}

/** How many rows were stored, by table, and the dead. */
export interface Outcome {
  readonly stored: ReadonlyMap<string, number>;
  readonly dead: readonly Dead[];
}

/** Stores a chunk exactly once, whoever tries it and however often. */
export async function storeChunk(chunk: Chunk, ports: Ports): Promise<Outcome> {
  const { range } = chunk;
  // First of all: whoever comes after a crash below this line repeats this range and no other, so the token holds.
  if (!chunk.written) await ports.writeDown(range);
  const encoded = await ports.encode(chunk.messages, ports.signal);
  const token = chunkToken(chunk.topic, chunk.partition, range);
  const dead: Dead[] = [...encoded.dead];
  const stored = new Map<string, number>();
  for (const rows of encoded.rows) {
    const refused = await insertRows(rows, `${token}-${rows.table}`, ports.insert);
    stored.set(rows.table, rows.lines.length - refused.length);
    dead.push(...refused);
  }
  if (dead.length > 0) {
    const body = Buffer.concat(dead.map(({ message, death }) => deadLetterRow(message, death, range.atMs)));
    await ports.insert({ table: "dead_letters", token: `${token}-dead_letters`, body });
  }
  // Last of all: a crash above this line repeats the chunk, and its tokens make that harmless.
  await ports.commit(range.max + 1n);
  return { stored, dead };
}
