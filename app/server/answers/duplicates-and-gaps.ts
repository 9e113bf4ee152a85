import { recently } from "#app/server/recently.ts";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { countDuplicates } from "#store/clickhouse/queries/count-duplicates.ts";
import { ingestGaps } from "#store/clickhouse/queries/ingest-gaps.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";

const mostGaps = 100;
const duplicatesForMs = 15_000;

/** What was stored twice within the window, and what was found to be lost. */
export async function duplicatesAndGaps(
  asker: Asker,
  window: TimeWindow,
): Promise<Pick<Pipeline, "duplicates" | "gaps">> {
  const [{ count, rows, fromMs }, gaps] = await Promise.all([
    recently(`duplicates ${window.fromMs} ${window.toMs}`, duplicatesForMs, () => countDuplicates(asker, window)),
    ingestGaps(asker, window, mostGaps),
  ]);
  return { duplicates: { count, atLeast: true, rows, from: new Date(fromMs).toISOString() }, gaps };
}
