import { z } from "zod";
import { moment, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import type { TimeWindow } from "./time-window.ts";

const Matches = z.object({ value: z.string(), sagas: Count });

/** Error codes that contain `text`, with how many sagas of the window had each last. */
export async function errorsByCode(
  asker: Asker,
  { text, window, limit }: { text: string; window: TimeWindow; limit: number },
): Promise<z.infer<typeof Matches>[]> {
  return await asker.ask(
    sql`SELECT tupleElement(last_error, 'code') AS value, count() AS sagas FROM ${asker.sagas}
      WHERE started >= ${moment(window.fromMs)} AND started < ${moment(window.toMs)}
        AND value != '' AND positionCaseInsensitiveUTF8(value, ${string(text)}) > 0
      GROUP BY value ORDER BY sagas DESC, value LIMIT ${uint32(limit)}`,
    Matches,
  );
}
