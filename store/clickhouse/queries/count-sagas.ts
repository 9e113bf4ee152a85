import type { SagaList, SagaState } from "#contracts/api/saga.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Kind, startedInHours, uncountedHours } from "./counted-hours.ts";
import { type Counting, countingOf } from "./counting-of.ts";
import { listAlone } from "./listed-sagas.ts";
import { type Lateness, overdue, stateOfFlags } from "./saga-expressions.ts";
import { type Facet, kindsOf, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";

interface Group {
  readonly state: SagaState;
  readonly type: string;
  readonly error: string;
  readonly overdue: number;
  readonly rules: readonly string[];
  readonly sagas: number;
}

export type SagaCounts = Pick<SagaList, "total" | "facets">;

/** How many sagas match, and the counts beside each choice: all facets are grouped by at once. */
export async function countSagas(
  asker: Asker,
  filter: SagaFilter,
  at: Lateness,
  counting: Counting | undefined = countingOf(asker, filter, { late: at }),
): Promise<SagaCounts> {
  const kinds = counting
    ? await byTheHour(asker, filter, { late: at, counting })
    : await asker.ask(
        sql`SELECT facets, count() AS sagas, countIf(${overdue(at)}) AS late
          FROM ${rowsOf(asker, filter)} WHERE ${otherClauses(filter, at)} GROUP BY facets LIMIT 100000`,
        Kind,
      );
  return countGroups(kinds.flatMap(groupsOf), filter);
}

/** Of the counted hours what was counted, of the others row by row. */
async function byTheHour(
  asker: Asker,
  filter: SagaFilter,
  { late, counting }: { late: Lateness; counting: Counting },
): Promise<Kind[]> {
  const { window } = filter;
  const counted = await counting();
  const uncounted = uncountedHours(
    window,
    counted.hours.map(({ hour }) => hour),
  );
  const others = await asker.ask(
    sql`SELECT facets, count() AS sagas, countIf(${overdue(late)}) AS late FROM ${listAlone}
      WHERE ${startedInHours(window, uncounted)} AND ${kindsOf(filter).matches} GROUP BY facets LIMIT 100000`,
    Kind,
  );
  const kinds = new Map<string, Kind>();
  for (const { facets, sagas, late: overdueOnes } of [...counted.kinds, ...others]) {
    const sum = kinds.get(facets) ?? { facets, sagas: 0, late: 0 };
    kinds.set(facets, { facets, sagas: sum.sagas + sagas, late: sum.late + overdueOnes });
  }
  return [...kinds.values()];
}

/** `facets` taken apart: flags, type, code of the last error, broken rules; no text has a NUL in it. */
function groupsOf({ facets, sagas, late }: Kind): Group[] {
  const [flags = "", type = "", error = "", rules = ""] = facets.split("\0");
  const group = { state: stateOfFlags(Number(flags)), type, error, rules: rules === "" ? [] : rules.split(",") };
  return [
    { ...group, overdue: 0, sagas: sagas - late },
    { ...group, overdue: 1, sagas: late },
  ].filter((part) => part.sagas > 0);
}

/** Total and facets from the groups; a facet's own filter does not narrow it. */
export function countGroups(groups: readonly Group[], filter: SagaFilter): SagaCounts {
  const any = (chosen: readonly string[], value: string) => chosen.length === 0 || chosen.includes(value);
  const verdictsOf = (group: Group) => [
    ...(group.overdue === 1 ? ["overdue"] : []),
    ...(group.rules.length > 0 ? ["inconsistent"] : []),
  ];
  const passes: Record<Facet, (group: Group) => boolean> = {
    state: (group) => any(filter.states, group.state),
    type: (group) => any(filter.types, group.type),
    error: (group) => any(filter.errors, group.error),
    verdict: (group) =>
      filter.verdicts.length === 0 || verdictsOf(group).some((verdict) => any(filter.verdicts, verdict)),
    rule: (group) => filter.rules.length === 0 || filter.rules.some((rule) => group.rules.includes(rule)),
  };
  const names = Object.keys(passes) as Facet[];
  const valuesOf: Record<Facet, (group: Group) => string[]> = {
    state: (group) => [group.state],
    type: (group) => [group.type],
    error: (group) => (group.error === "" ? [] : [group.error]),
    verdict: verdictsOf,
    rule: (group) => [...group.rules],
  };
  const facet = (name: Facet) => {
    const counts = new Map<string, number>();
    for (const group of groups) {
      if (!names.every((other) => other === name || passes[other](group))) continue;
      for (const value of valuesOf[name](group)) counts.set(value, (counts.get(value) ?? 0) + group.sagas);
    }
    return Object.fromEntries(counts);
  };
  const total = groups
    .filter((group) => names.every((name) => passes[name](group)))
    .reduce((sum, group) => sum + group.sagas, 0);
  return {
    total,
    facets: {
      state: facet("state"),
      verdict: facet("verdict"),
      rule: facet("rule"),
      type: facet("type"),
      error: facet("error"),
    },
  };
}
