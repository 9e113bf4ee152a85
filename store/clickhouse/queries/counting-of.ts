import { and } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { type CountedSums, countedSums, type Looked } from "./counted-hours.ts";
import type { Lateness } from "./saga-expressions.ts";
import { facetClauses, isByKinds, kindsOf, type SagaFilter } from "./saga-filter.ts";
import type { SagaCursor, SagaOrder } from "./saga-order.ts";

/** Asks at the first call what was counted of the hours of a filter, and answers the same to all. */
export type Counting = () => Promise<CountedSums>;

/** The page for which hours are looked for. */
export interface Paged {
  readonly order: SagaOrder;
  readonly cursor: SagaCursor | undefined;
}

/** What was counted of the hours of a filter, for its counts and for one page of it; undefined where that does not say it. */
export function countingOf(
  asker: Asker,
  filter: SagaFilter,
  { late, page }: { late: Lateness; page?: Paged },
): Counting | undefined {
  if (!isByKinds(asker, filter)) return undefined;
  const looked = page && lookedFor(filter, page, late);
  let asked: Promise<CountedSums> | undefined;
  return () => {
    asked ??= countedSums(asker, filter.window, { of: kindsOf(filter), late, looked });
    return asked;
  };
}

/** What of an hour tells whether it has some of the page; undefined where nothing does. */
export function lookedFor(filter: SagaFilter, { order, cursor }: Paged, late: Lateness): Looked | undefined {
  const { verdicts } = filter;
  const isOverdue = verdicts.includes("overdue");
  // Behind a cursor the longest ones of an hour say nothing.
  const byLongest = order.by === "duration" && order.direction === "desc" && !cursor && !isOverdue;
  const byStart = order.by === "started" && (!isOverdue || verdicts.length === 1);
  if (!byLongest && !byStart) return undefined;
  const { verdict, ...others } = facetClauses(filter, late);
  return { facets: and(Object.values(isOverdue ? others : { verdict, ...others })), isOverdue, byLongest };
}
