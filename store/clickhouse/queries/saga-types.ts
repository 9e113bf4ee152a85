import { z } from "zod";
import type { SagaTypes } from "#contracts/api/saga-types.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z
  .object({ type: z.string(), versions: z.array(z.string()), reached: z.array(z.string()), sagas: Count, newest: Time })
  .transform(({ newest, reached, ...row }): SagaTypes["types"][number] => ({
    ...row,
    steps: reached,
    newestAt: newest,
  }));

/** The types of the sagas that started within the window, most first, with their versions and the steps seen. */
export async function sagaTypes(asker: Asker, window: TimeWindow): Promise<SagaTypes["types"]> {
  return await asker.ask(
    sql`SELECT saga_type AS type, arraySort(groupUniqArray(saga_version)) AS versions,
        arraySort(groupUniqArrayArray(steps)) AS reached,
        count() AS sagas, max(started) AS newest
      FROM ${asker.sagas} WHERE ${startedWithin(window)}
      GROUP BY type ORDER BY sagas DESC, type LIMIT 1000`,
    Row,
  );
}
