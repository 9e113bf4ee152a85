import { z } from "zod";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import { moment, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import type { TimeWindow } from "./time-window.ts";

const Row = z
  .object({
    topic: z.string(),
    partition: Count,
    from_text: z.string(),
    to_text: z.string(),
    messages: Count,
    noticed: Time,
    reason: z.string(),
  })
  .transform(({ from_text: fromOffset, to_text: toOffset, noticed: noticedAt, ...row }) => ({
    ...row,
    fromOffset,
    toOffset,
    noticedAt,
  }));

/** The newest gaps that ingest noticed within the window: messages that were gone before they could be read. */
export async function ingestGaps(asker: Asker, { fromMs, toMs }: TimeWindow, limit: number): Promise<Pipeline["gaps"]> {
  return await asker.ask(
    sql`SELECT topic, partition, toString(from_offset) AS from_text, toString(to_offset) AS to_text,
        to_offset - from_offset + 1 AS messages, noticed_at AS noticed, reason
      FROM ingest_gaps WHERE noticed_at >= ${moment(fromMs)} AND noticed_at < ${moment(toMs)}
      ORDER BY noticed_at DESC, topic, partition, from_offset LIMIT ${uint32(limit)}`,
    Row,
  );
}
