import { z } from "zod";
import { sql, uint32 } from "#lib/sql.ts";
import { fewestWaits, type LearnedLimit, learnedLimit } from "#sagas/outlook/limits.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { histogramOf, holding, summedCounts, summedKeys } from "./rollup-facts.ts";
import { placeKeys } from "./saga-expressions.ts";
import type { TimeWindow } from "./time-window.ts";

const Row = z.object({
  type: z.string(),
  version: z.string(),
  position: z.string(),
  keys: z.array(Count),
  counts: z.array(Count),
});

/** Limits go with each question that asks what is overdue: those of the most sagas. */
const mostLimits = 2_000;

/** How long sagas wait at most in each position, as learned from those of the slots that begin within the window. */
export async function learnedLimits(asker: Asker, window: TimeWindow): Promise<LearnedLimit[]> {
  const rows = await asker.ask(
    sql`SELECT saga_type AS type, saga_version AS version, subject AS position, ${summedKeys} AS keys, ${summedCounts} AS counts
      FROM saga_rollups WHERE fact = 'move' AND ${holding(window)}
      GROUP BY type, version, position HAVING sum(saga_rollups.sagas) >= ${uint32(fewestWaits)}
      ORDER BY sum(saga_rollups.sagas) DESC, type, version, position LIMIT ${uint32(mostLimits)}`,
    Row,
  );
  const limits = rows.flatMap(({ type, version, position, keys, counts }) => {
    const limit = learnedLimit(histogramOf(keys, counts));
    return limit ? [{ type, version, position, ...limit }] : [];
  });
  return await withKeys(asker, limits);
}

/** The limits, each with the store's number for its place. */
export async function withKeys(asker: Asker, limits: readonly LearnedLimit[]): Promise<LearnedLimit[]> {
  if (limits.length === 0) return [];
  const [row] = await asker.ask(
    sql`SELECT arrayMap(key -> toString(key), ${placeKeys(limits)}) AS keys LIMIT 1`,
    z.object({ keys: z.array(z.coerce.bigint()) }),
  );
  return limits.map((limit, index) => ({ ...limit, key: row?.keys[index] }));
}
