import { type Sql, sql, string, strings } from "#lib/sql.ts";
import { sourcesOf } from "./service-sources.ts";

/** Two versions of one service, or of the saga's definition where there is no service, as the sagas of a type met them. */
export interface ReleasePair {
  readonly type: string;
  readonly service: string | undefined;
  readonly baseline: string;
  readonly canary: string;
}

/** The versions of the service that a row of `sagas` met. */
export function ownVersions(service: string | undefined): Sql {
  if (service === undefined) return sql`[toString(saga_version)]`;
  return sql`arrayDistinct(arrayMap(one -> substring(one, position(one, '@') + 1),
    arrayFilter(one -> has(${sourcesOf([service])}, substring(one, 1, position(one, '@') - 1)), versions)))`;
}

/** Which of the two a row of `sagas` belongs to, given its `own` versions: `baseline`, `canary`, `mixed`, or neither. */
export function sideOf({ baseline, canary }: Pick<ReleasePair, "baseline" | "canary">): Sql {
  return sql`multiIf(NOT hasAny(own, ${strings([baseline, canary])}), '', length(own) > 1, 'mixed',
    own[1] = ${string(baseline)}, 'baseline', 'canary')`;
}
