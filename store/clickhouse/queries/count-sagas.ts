import { z } from "zod";
import type { SagaList, SagaState } from "#contracts/api/saga.ts";
import { and, type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type Lateness, overdue, stateOfFlags } from "./saga-expressions.ts";
import { type Facet, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";

/** `facets` of `saga_list` taken apart: flags, type, code of the last error, broken rules; no text has a NUL in it. */
const Facets = z.object({ facets: z.string(), sagas: Count }).transform(({ facets, sagas }) => {
  const [flags = "", type = "", error = "", rules = ""] = facets.split("\0");
  return {
    facets,
    state: stateOfFlags(Number(flags)),
    type,
    error,
    rules: rules === "" ? [] : rules.split(","),
    sagas,
  };
});

interface Group {
  readonly state: SagaState;
  readonly type: string;
  readonly error: string;
  readonly overdue: number;
  readonly rules: readonly string[];
  readonly sagas: number;
}

export type SagaCounts = Pick<SagaList, "total" | "facets">;

/**
 * How many sagas match, and the counts beside each choice. One pass over the rows groups them by all facets at once; only the
 * open ones can be overdue, and they are few.
 */
export async function countSagas(asker: Asker, filter: SagaFilter, at: Lateness): Promise<SagaCounts> {
  const others = otherClauses(filter, at);
  const rows = rowsOf(asker, filter);
  const [groups, late] = await Promise.all([
    asker.ask(grouped(rows, others), Facets),
    asker.ask(grouped(rows, and([others, overdue(at)])), Facets),
  ]);
  const lateBy = new Map(late.map(({ facets, sagas }) => [facets, sagas]));
  const split = groups.flatMap(({ facets, sagas, ...group }): Group[] => {
    const overdue = Math.min(sagas, lateBy.get(facets) ?? 0);
    return [
      { ...group, overdue: 0, sagas: sagas - overdue },
      { ...group, overdue: 1, sagas: overdue },
    ].filter((part) => part.sagas > 0);
  });
  return countGroups(split, filter);
}

const grouped = (rows: Sql, where: Sql) =>
  sql`SELECT facets, count() AS sagas FROM ${rows} WHERE ${where} GROUP BY facets LIMIT 100000`;

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
    const counts: Record<string, number> = {};
    for (const group of groups) {
      if (!names.every((other) => other === name || passes[other](group))) continue;
      for (const value of valuesOf[name](group)) counts[value] = (counts[value] ?? 0) + group.sagas;
    }
    return counts;
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
