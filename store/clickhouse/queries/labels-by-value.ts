import { z } from "zod";
import { moment, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import type { TimeWindow } from "./time-window.ts";
import { hasWords } from "./words.ts";

const Matches = z.object({ value: z.string(), sagas: Count });

/** `key=value` labels whose value is `text`, with how many sagas of the window bear each. */
export async function labelsByValue(
  asker: Asker,
  { text, window, limit }: { text: string; window: TimeWindow; limit: number },
): Promise<z.infer<typeof Matches>[]> {
  return await asker.ask(
    sql`SELECT arrayJoin(arrayFilter(label -> lowerUTF8(substring(label, position(label, '=') + 1)) = lowerUTF8(${string(text)}) OR label = ${string(text)}, labels)) AS value,
        uniqExact(saga_id) AS sagas
      FROM ${asker.sagas} WHERE started >= ${moment(window.fromMs)} AND started < ${moment(window.toMs)} AND ${hasWords(text.slice(text.indexOf("=") + 1))}
      GROUP BY value ORDER BY sagas DESC, value LIMIT ${uint32(limit)}`,
    Matches,
  );
}
