/** Consecutive messages of one topic-partition, by their first and last offset. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
  /** When the range was decided, ms since the epoch: what is stored of it carries this, on every try. */
  readonly atMs: number;
  /** Whether a release decided it that stored in two inserts what is stored in one now. */
  readonly isInTwo?: true;
}

export interface Planned {
  readonly offset: bigint;
  readonly bytes: number;
}

export interface Limits {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Of what is copied into columns: events, spans and log records. The larger a chunk, the less of the store's work goes into merging,
 * and the more memory this worker takes.
 */
export const copiedLimits: Limits = { rows: 60_000, bytes: 32_000_000 };
/**
 * Of what is read one by one: metrics, and what a mapping makes events of. It takes several times its bytes meanwhile, and
 * longer to read than to store; and any number of topics may be mapped.
 */
export const otherLimits: Limits = { rows: 5_000, bytes: 4_000_000 };

/**
 * How many of the messages at the front make the next chunk; none is to wait for more.
 *
 * A range that was written down before must be taken exactly: `reached` is the last offset known to have been read,
 * which is past the last message where the log holds none at the range's end (compacted, or a transaction's marker).
 */
export function planChunk(
  messages: Iterable<Planned>,
  { written, reached, limits }: { written: Range | undefined; reached: bigint; limits: Limits },
): number {
  let count = 0;
  if (written && reached < written.max) return count;
  let bytes = 0;
  for (const message of messages) {
    bytes += message.bytes;
    const isBeyond = written
      ? message.offset > written.max
      : count > 0 && (count >= limits.rows || bytes > limits.bytes);
    if (isBeyond) break;
    count += 1;
  }
  return count;
}

/**
 * The token of a chunk: the same rows under the same name, on every try. Its time keeps a topic that was made anew,
 * whose offsets begin again, from being taken for the old one.
 */
export function chunkToken(topic: string, partition: number, range: Range): string {
  return `${topic}-${partition}-${range.min}-${range.max}-${range.atMs}`;
}

/** A range as the metadata of an offset commit. */
export function writeRange(range: Range): string {
  return `range ${range.isInTwo ? 1 : 2} ${range.min} ${range.max} ${range.atMs}`;
}

/** The range that an offset commit's metadata holds, if it holds one that begins at that offset. */
export function readRange(metadata: string | null, offset: bigint): Range | undefined {
  const match = /^range ([12]) (\d{1,19}) (\d{1,19}) (\d{1,15})$/.exec(metadata ?? "");
  if (!match) return undefined;
  const [, form, min = "", max = "", at = ""] = match;
  const range = {
    min: BigInt(min),
    max: BigInt(max),
    atMs: Number(at),
    ...(form === "1" && { isInTwo: true as const }),
  };
  return range.min === offset && range.max >= range.min ? range : undefined;
}
