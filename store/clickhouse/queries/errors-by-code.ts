import type { Asker } from "#store/clickhouse/ask.ts";
import { countSagas } from "./count-sagas.ts";
import { allWithin } from "./saga-filter.ts";
import type { TimeWindow } from "./time-window.ts";

/** Error codes that contain `text` in any case, with how many sagas of the window had each last, most first. */
export async function errorsByCode(
  asker: Asker,
  { text, window, limit }: { text: string; window: TimeWindow; limit: number },
): Promise<{ value: string; sagas: number }[]> {
  const { facets } = await countSagas(asker, allWithin(window), window.toMs);
  const wanted = text.toLowerCase();
  return Object.entries(facets.error)
    .filter(([value]) => value.toLowerCase().includes(wanted))
    .map(([value, sagas]) => ({ value, sagas }))
    .sort((a, b) => b.sagas - a.sagas || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
