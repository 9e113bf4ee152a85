import { z } from "zod";
import { and, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, MaybeNumber, Time } from "./column-shapes.ts";
import { durationMs } from "./saga-expressions.ts";
import { serviceIn } from "./service-sources.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z
  .object({
    type: z.string(),
    service: z.string(),
    version: z.string(),
    first: Time,
    last: Time,
    sagas: Count,
    mixed: Count,
    ended: Count,
    failed: Count,
    compensated: Count,
    percentiles: z.array(MaybeNumber),
  })
  .transform(({ service, ...row }) => ({ ...row, service: service === "" ? null : service }));

export type ReleaseVersionRow = z.infer<typeof Row>;

/**
 * Every version of every service that the sagas met which started within the window, and of the sagas' own definitions,
 * the newest first; at most `limit`. A saga that met two versions of a service counts among the `mixed` of both.
 */
export async function releaseVersions(
  asker: Asker,
  { window, type, service }: { window: TimeWindow; type: string | undefined; service: string | undefined },
  limit: number,
): Promise<ReleaseVersionRow[]> {
  const clauses = [startedWithin(window)];
  if (type !== undefined) clauses.push(sql`saga_type = ${string(type)}`);
  const ofService = service === undefined ? sql`1` : sql`service = ${string(service.replace(/^\/services\//, ""))}`;
  return await asker.ask(
    sql`SELECT type, service, version, min(oldest) AS first, max(newest) AS last,
        sumIf(alike, only) AS sagas, sumIf(alike, NOT only) AS mixed, sumIf(done, only) AS ended,
        sumIf(done_failed, only) AS failed, sumIf(done_undone, only) AS compensated,
        quantilesExactMergeIf(0.5, 0.95, 0.99)(took, only) AS percentiles
      FROM (
        SELECT *,
          arrayMap(one -> (${serviceIn(sql`substring(one, 1, position(one, '@') - 1)`)}, substring(one, position(one, '@') + 1)),
            arrayConcat(versions, [concat('@', toString(saga_version))])) AS met,
          arrayJoin(met) AS own, own.1 AS service, own.2 AS version, countEqual(met.1, service) = 1 AS only
        FROM (${metAlike(asker.sagas, and(clauses))}))
      WHERE version != '' AND ${ofService}
      GROUP BY type, service, version ORDER BY type, service, first DESC, version LIMIT ${uint32(limit)}`,
    Row,
  );
}

/** What came of the sagas that met the same versions, which are few kinds: only these are taken apart. */
const metAlike = (sagas: Sql, clauses: Sql): Sql =>
  sql`SELECT saga_type AS type, saga_version, versions, min(started) AS oldest, max(started) AS newest, count() AS alike,
      countIf(bitAnd(flags, 14) != 0) AS done, countIf(bitAnd(flags, 14) != 0 AND bitAnd(flags, 8) != 0) AS done_failed,
      countIf(bitAnd(flags, 14) != 0 AND bitAnd(flags, 36) != 0) AS done_undone,
      quantilesExactStateIf(0.5, 0.95, 0.99)(toFloat64(${durationMs}), bitAnd(flags, 14) != 0) AS took
    FROM ${sagas} WHERE ${clauses} GROUP BY type, saga_version, versions`;
