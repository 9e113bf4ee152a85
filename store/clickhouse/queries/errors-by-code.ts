import { z } from "zod";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { errorCodeOf } from "./saga-expressions.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({ value: z.string(), sagas: Count });

/** Error codes that contain `text` in any case, with how many sagas of the window had each last, most first. */
export async function errorsByCode(
  asker: Asker,
  { text, window, limit }: { text: string; window: TimeWindow; limit: number },
): Promise<z.infer<typeof Row>[]> {
  const codes = await asker.ask(
    sql`SELECT ${errorCodeOf} AS value, count() AS sagas FROM ${asker.sagas} WHERE ${startedWithin(window)}
      GROUP BY value ORDER BY sagas DESC, value LIMIT 100000`,
    Row,
  );
  const wanted = text.toLowerCase();
  return codes.filter(({ value }) => value !== "" && value.toLowerCase().includes(wanted)).slice(0, limit);
}
