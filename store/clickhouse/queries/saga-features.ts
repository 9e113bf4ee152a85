import { z } from "zod";
import { and, type Sql, sql, uint32 } from "#lib/sql.ts";
import { type Feature, featureKinds, type SetAndRest } from "#sagas/differences/rank-differences.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import type { Lateness } from "./saga-expressions.ts";
import { facetClauses, otherClauses, type SagaFilter } from "./saga-filter.ts";
import { serviceIn } from "./service-sources.ts";
import { endedWithin, startedWithin } from "./time-window.ts";

/** Whether a row of `sagas` is of the set, and the rows among which it is. */
function setAndWindow(filter: SagaFilter, late: Lateness): { inSet: Sql; within: Sql } {
  const inSet = and([otherClauses(filter, late), ...Object.values(facetClauses(filter, late))]);
  return { inSet, within: filter.moment === "ended" ? endedWithin(filter.window) : startedWithin(filter.window) };
}

/** How many sagas match the filter, and how many others of its time do not. */
export async function countSetAndRest(asker: Asker, filter: SagaFilter, late: Lateness): Promise<SetAndRest> {
  const { inSet, within } = setAndWindow(filter, late);
  const [row] = await asker.ask(
    sql`SELECT countIf(${inSet}) AS in_set, count() AS sagas FROM ${asker.sagas} WHERE ${within} LIMIT 1`,
    z.object({ in_set: Count, sagas: Count }),
  );
  return { set: row?.in_set ?? 0, rest: (row?.sagas ?? 0) - (row?.in_set ?? 0) };
}

/** A feature that fewer sagas bear than this, of those looked at, is not looked at. */
const fewestBearing = 10;
/** A label whose values are borne by fewer sagas than this on average is an id. */
const fewestOfValue = 5;
const mostFeatures = 5000;

const Row = z
  .object({ kind: z.enum([...featureKinds, "any"]), value: z.string(), in_set: Count, bearing: Count })
  .transform(({ kind, value, in_set: set, bearing }) => ({ kind, value, bearing: { set, rest: bearing - set } }));

/** What the sagas bear, of the set and of the rest one in so many by the hash of their ids, and how many were looked at. */
export async function sagaFeatures(
  asker: Asker,
  filter: SagaFilter,
  { oneIn, late }: { oneIn: SetAndRest; late: Lateness },
): Promise<{ lookedAt: SetAndRest; features: (Feature & { bearing: SetAndRest })[] }> {
  const { inSet, within } = setAndWindow(filter, late);
  const rows = sql`SELECT toUInt8(${inSet}) AS in_set, ${features} AS features FROM ${asker.sagas} WHERE ${within}
    AND cityHash64(saga_id) % if(${inSet}, ${uint32(oneIn.set)}, ${uint32(oneIn.rest)}) = 0`;
  // Each saga bears one feature more, which tells how many were looked at without reading them again.
  const borne = await asker.ask(
    sql`SELECT kind, value, in_set, bearing FROM (
        SELECT feature.1 AS kind, feature.2 AS value, if(kind = 'label', substring(value, 1, position(value, '=')), '') AS key,
          sum(in_set) AS in_set, count() AS bearing,
          count() OVER (PARTITION BY kind, key) AS values, sum(bearing) OVER (PARTITION BY kind, key) AS bearing_any
        FROM (SELECT in_set, arrayJoin(arrayDistinct(features)) AS feature FROM (${rows}))
        GROUP BY kind, value)
      WHERE kind = 'any' OR (bearing >= ${uint32(fewestBearing)} AND (kind != 'label' OR bearing_any >= ${uint32(fewestOfValue)} * values))
      ORDER BY kind = 'any' DESC, bearing DESC, kind, value LIMIT ${uint32(mostFeatures)}`,
    Row,
  );
  const lookedAt = borne.find(({ kind }) => kind === "any")?.bearing ?? { set: 0, rest: 0 };
  return {
    lookedAt,
    features: borne.flatMap(({ kind, ...feature }) => (kind === "any" ? [] : [{ kind, ...feature }])),
  };
}

const stripped = serviceIn(sql`toString(one)`);

/** Kind and value of all that a row of `sagas` bears. */
const features: Sql = sql`arrayConcat(
  arrayMap(one -> ('label', one), labels),
  arrayMap(one -> ('service', ${stripped}), services),
  arrayMap(one -> ('serviceVersion', ${stripped}), versions),
  arrayMap(one -> ('step', toString(one)), steps),
  arrayMap(one -> ('failedStep', toString(one)), steps_failed),
  arrayFilter(one -> one.2 != '', [('sagaVersion', toString(saga_version)), ('error', toString(tupleElement(last_error, 'code'))),
    ('any', 'any'), ('hour', leftPad(toString(toHour(started)), 2, '0'))]))`;
