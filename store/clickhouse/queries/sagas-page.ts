import type { SagaSummary } from "#contracts/api/saga.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { countGroups, countSagas, type SagaCounts } from "./count-sagas.ts";
import { countingOf, type Paged } from "./counting-of.ts";
import { findSagas } from "./list-sagas.ts";
import type { Lateness } from "./saga-expressions.ts";
import type { SagaFilter } from "./saga-filter.ts";

/** A page of the sagas that match (`listSagas`) with their counts (`countSagas`): what both need is asked once. */
export async function sagasPage(
  asker: Asker,
  filter: SagaFilter,
  page: Paged & { limit: number; late: Lateness },
): Promise<{ rows: SagaSummary[]; counts: SagaCounts }> {
  const counting = countingOf(asker, filter, { late: page.late, page });
  const found = findSagas(asker, filter, { ...page, counting });
  if (mayBeShort(filter) && !page.cursor) {
    const { rows, areAll } = await found;
    if (areAll) return { rows, counts: countGroups(rows.map(groupOf), filter) };
  }
  const [{ rows }, counts] = await Promise.all([found, countSagas(asker, filter, page.late, counting)]);
  return { rows, counts };
}

/** Whether a page may well have all that is to be counted: of what an index finds, where no facet counts more than the page has. */
const mayBeShort = ({ labels, text, states, verdicts, rules, types, errors }: SagaFilter): boolean =>
  (labels.length > 0 || text !== undefined) &&
  [states, verdicts, rules, types, errors].every(({ length }) => length === 0);

const groupOf = ({ state, type, error, verdicts, rules }: SagaSummary) => ({
  state,
  type,
  error: error?.code ?? "",
  overdue: verdicts.includes("overdue") ? 1 : 0,
  rules,
  sagas: 1,
});
