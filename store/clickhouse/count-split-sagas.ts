import { z } from "zod";
import { moment, sql } from "#lib/sql.ts";
import type { Asker } from "./ask.ts";

const Row = z.object({ splits: z.number().int() });

/**
 * In how many places sagas are stored beyond the first of each, since their events say different starts; of the places
 * that an event came to since `sinceMs`, so that there are at least so many.
 */
export async function countSplitSagas(asker: Asker, sinceMs: number): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT uniqExact(sipHash64(saga_id, started)) - uniqExact(sipHash64(saga_id)) AS splits
      FROM sagas WHERE ingested_at >= ${moment(sinceMs)} LIMIT 1`,
    Row,
  );
  return row?.splits ?? 0;
}
