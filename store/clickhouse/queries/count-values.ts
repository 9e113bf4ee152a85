import { z } from "zod";
import type { SagaValueFacet } from "#contracts/api/saga.ts";
import { and, type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { countedValues, type KindColumn, type OfKinds, startedInHours, uncountedHours } from "./counted-hours.ts";
import { mostFirst } from "./most-first.ts";
import { refuseAbove } from "./saga-budget.ts";
import { type Lateness, residualSteps } from "./saga-expressions.ts";
import { facetClauses, isByKinds, kindsOf, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import { serviceIn } from "./service-sources.ts";
import { startsOfEnded } from "./time-window.ts";

/** How a value names something that events name with or without `/services/`. */
const stripped = (names: Sql): Sql => sql`arrayMap(one -> ${serviceIn(sql`toString(one)`)}, ${names})`;

/** What a saga is found by in each of these filters: of a row of `listedSagas` an array. */
const valuesOf: Readonly<Record<SagaValueFacet, (filter: SagaFilter, late: Lateness) => Sql>> = {
  version: () => sql`[toString(saga_version)]`,
  service: () => stripped(sql`services`),
  serviceVersion: () => stripped(sql`versions`),
  step: ({ errors }) => (errors.length > 0 ? sql`[toString(tupleElement(last_error, 'step'))]` : sql`steps`),
  waitsIn: () => sql`if(waits_in != 0, [toString(tupleElement(last_step, 'step'))], [])`,
  failedStep: () => sql`steps_failed`,
  residual: (_, late) => residualSteps(late),
  label: () => sql`labels`,
};

/** The filter without its own choice of what is counted. Of labels all have to hold: each narrows the others. */
const unchosen: Readonly<Record<SagaValueFacet, Partial<SagaFilter>>> = {
  version: { versions: [] },
  service: { services: [] },
  serviceVersion: { serviceVersions: [] },
  step: { steps: [] },
  waitsIn: { waitsIn: [] },
  failedStep: { failedSteps: [] },
  residual: { residuals: [] },
  label: {},
};

/** What tells kinds of sagas by the value, where that does; `step` beside an error is that of the error. */
const columnOf = (facet: SagaValueFacet, { errors }: SagaFilter): KindColumn | undefined =>
  facet === "step" && errors.length > 0 ? "error_step" : columns[facet];
const columns: Partial<Readonly<Record<SagaValueFacet, KindColumn>>> = {
  version: "saga_version",
  service: "services",
  serviceVersion: "versions",
  step: "steps",
  failedStep: "steps_failed",
};

/** The kinds that a filter leaves, and what tells the values of `facet` of them; undefined where rows have to be read for that. */
function kindsByValue(asker: Asker, others: SagaFilter, facet: SagaValueFacet): OfKinds | undefined {
  const column = columnOf(facet, others);
  // Which are overdue is not told by their kind.
  if (!column || !isByKinds(asker, others) || others.verdicts.includes("overdue")) return undefined;
  const kinds = kindsOf(others);
  return {
    matches: and([...Object.values(facetClauses(others, 0)), kinds.matches]),
    columns: [...new Set([...kinds.columns, column])],
  };
}

const Row = z.object({ value: z.string(), sagas: Count });

/**
 * The values by which most of the sagas that match are found, with how many each finds, exactly: `limit` of them at most. Throws
 * `TOO_LARGE` where more than `most` sagas would be read one by one.
 */
export async function countValues(
  asker: Asker,
  filter: SagaFilter,
  { facet, late, limit, most }: { facet: SagaValueFacet; late: Lateness; limit: number; most: number },
): Promise<z.output<typeof Row>[]> {
  const others = { ...filter, ...unchosen[facet] };
  const values = valuesOf[facet](others, late);
  const clauses = [otherClauses(others, late), ...Object.values(facetClauses(others, late))];
  const read = others.moment === "ended" ? startsOfEnded(others.window) : others.window;
  const byRow = async (within: Sql, rows: number) => {
    await refuseAbove(asker, read, { most, what: `to count by ${facet}`, within });
    return await asker.ask(
      sql`SELECT toString(arrayJoin(arrayDistinct(${values}))) AS value, count() AS sagas
        FROM ${rowsOf(asker, others)} WHERE ${and([within, ...clauses])} GROUP BY value HAVING value != ''
        ORDER BY sagas DESC, value LIMIT ${uint32(rows)}`,
      Row,
    );
  };
  const kinds = kindsByValue(asker, others, facet);
  if (!kinds) return await byRow(sql`1`, limit);
  const counted = await countedValues(asker, others.window, { of: kinds, values });
  const uncounted = startedInHours(others.window, uncountedHours(others.window, counted.hours));
  const sums = new Map<string, number>();
  for (const { value, sagas } of [...counted.values, ...(await byRow(uncounted, mostValues))])
    sums.set(value, (sums.get(value) ?? 0) + sagas);
  return mostFirst(sums)
    .filter(({ value, sagas }) => value !== "" && sagas > 0)
    .slice(0, limit);
}

const mostValues = 200_000;
