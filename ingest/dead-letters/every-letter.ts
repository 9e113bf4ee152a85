import type { DeadLetter } from "#contracts/api/dead-letters.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import {
  type DeadLetterCursor,
  type DeadLetterFilter,
  listDeadLetters,
} from "#store/clickhouse/queries/dead-letters.ts";

/** The letters that match, newest first, page by page. What is replayed meanwhile does not shift the pages. */
export async function* everyLetter(
  asker: Asker,
  filter: DeadLetterFilter,
  { limit = Number.POSITIVE_INFINITY, page, nowMs }: { limit?: number | undefined; page: number; nowMs: number },
): AsyncGenerator<readonly DeadLetter[]> {
  let cursor: DeadLetterCursor | undefined;
  for (let left = limit; left > 0; ) {
    const letters = await listDeadLetters(asker, filter, { cursor, limit: Math.min(page, left), nowMs });
    const last = letters.at(-1);
    if (!last) return;
    yield letters;
    left -= letters.length;
    cursor = { deadMs: Date.parse(last.deadAt), id: last.id };
  }
}
