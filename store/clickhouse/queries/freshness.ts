import { z } from "zod";
import type { Freshness } from "#contracts/api/answer.ts";
import { moment, type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, TimeOrNone } from "./column-shapes.ts";

const Row = z.object({ newest_event_at: TimeOrNone, newest_ingest_at: TimeOrNone, dead_letters: Count });

const dayMs = 86_400_000;

/**
 * How far the store has come. An event dated in the far future does not make the store look fresh. Where nothing came for a day,
 * all that ever came is looked at.
 */
export async function freshness(asker: Asker, nowMs: number): Promise<Freshness> {
  const lately = await newest(asker, nowMs, sql`minute >= ${moment(nowMs - dayMs)}`);
  const row = lately?.newest_ingest_at === null ? await newest(asker, nowMs, sql`1`) : lately;
  return {
    newestEventAt: row?.newest_event_at ?? null,
    newestIngestAt: row?.newest_ingest_at ?? null,
    deadLetters: row?.dead_letters ?? 0,
    askedAt: new Date(nowMs).toISOString(),
  };
}

async function newest(asker: Asker, nowMs: number, when: Sql): Promise<z.infer<typeof Row> | undefined> {
  const [row] = await asker.ask(
    sql`SELECT
        maxIf(newest_event, stored > 0 AND newest_event < ${moment(nowMs + dayMs)}) AS newest_event_at,
        maxIf(newest_ingest, stored > 0) AS newest_ingest_at,
        (SELECT count() FROM dead_letters) AS dead_letters
      FROM ingest_progress WHERE ${when} LIMIT 1`,
    Row,
  );
  return row;
}
