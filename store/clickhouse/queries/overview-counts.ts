import type { Overview } from "#contracts/api/overview.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { countSagas } from "./count-sagas.ts";
import type { Lateness } from "./saga-expressions.ts";
import { allWithin } from "./saga-filter.ts";
import type { TimeWindow } from "./time-window.ts";

/** Sagas that started within the window, by state and verdict. */
export async function overviewCounts(asker: Asker, window: TimeWindow, late: Lateness): Promise<Overview["counts"]> {
  const { total, facets } = await countSagas(asker, allWithin(window), late);
  const none = { running: 0, completed: 0, compensating: 0, compensated: 0, failed: 0, resolved: 0 };
  return { started: total, ...none, overdue: 0, inconsistent: 0, ...facets.state, ...facets.verdict };
}
