import { z } from "zod";
import type { SagaValueFacet } from "#contracts/api/saga.ts";
import { and, type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type Lateness, residualSteps } from "./saga-expressions.ts";
import { facetClauses, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import { serviceIn } from "./service-sources.ts";

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

const Row = z.object({ value: z.string(), sagas: Count });

/** The values by which most of the sagas that match are found, with how many each finds, exactly: `limit` of them at most. */
export async function countValues(
  asker: Asker,
  filter: SagaFilter,
  { facet, late, limit }: { facet: SagaValueFacet; late: Lateness; limit: number },
): Promise<z.output<typeof Row>[]> {
  const others = { ...filter, ...unchosen[facet] };
  const clauses = [otherClauses(others, late), ...Object.values(facetClauses(others, late))];
  return await asker.ask(
    sql`SELECT toString(arrayJoin(arrayDistinct(${valuesOf[facet](others, late)}))) AS value, count() AS sagas
      FROM ${rowsOf(asker, others)} WHERE ${and(clauses)} GROUP BY value HAVING value != ''
      ORDER BY sagas DESC, value LIMIT ${uint32(limit)}`,
    Row,
  );
}
