import { z } from "zod";
import { sql, string, uint32 } from "#lib/sql.ts";
import type { Move } from "#sagas/outlook/outlook.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { histogramOf, holding, summedCounts, summedKeys } from "./rollup-facts.ts";
import type { TimeWindow } from "./time-window.ts";

const Row = z.object({
  version: z.string(),
  next: z.string(),
  keys: z.array(Count),
  counts: z.array(Count),
  left_keys: z.array(Count),
  left_counts: z.array(Count),
});

/** What was counted of one position, by version and what begins next. */
export interface PositionMove extends Move {
  readonly version: string;
}

/** What the sagas of a type did from a position, of the slots that begin within the window. */
export async function positionMoves(
  asker: Asker,
  { type, position }: { type: string; position: string },
  window: TimeWindow,
): Promise<PositionMove[]> {
  const rows = await asker.ask(
    sql`SELECT saga_version AS version, object AS next, ${summedKeys} AS keys, ${summedCounts} AS counts,
        tupleElement(sumMap(saga_rollups.left_keys, saga_rollups.left_counts), 1) AS left_keys,
        tupleElement(sumMap(saga_rollups.left_keys, saga_rollups.left_counts), 2) AS left_counts
      FROM saga_rollups
      WHERE saga_type = ${string(type)} AND fact = 'move' AND subject = ${string(position)} AND ${holding(window)}
      GROUP BY version, next ORDER BY sum(saga_rollups.sagas) DESC, version, next LIMIT ${uint32(2_000)}`,
    Row,
  );
  return rows.map(({ version, next, keys, counts, left_keys, left_counts }) => ({
    version,
    next,
    waits: histogramOf(keys, counts),
    lefts: histogramOf(left_keys, left_counts),
  }));
}
