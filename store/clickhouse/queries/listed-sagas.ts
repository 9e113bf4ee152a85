import { type Sql, sql } from "#lib/sql.ts";
import { brokenRules, heldSteps, withOrders } from "./saga-expressions.ts";

/** The list alone: as old as the oldest change that it lacks (`listLagMs`). */
export const listAlone: Sql = sql`saga_list FINAL`;

/** Changes of sagas that have not been listed for good: `at` is when, `started` names the sagas. */
const unlisted = sql`SELECT started FROM saga_changes WHERE at >= (SELECT max(upto) FROM saga_listed WHERE name = 'changes')`;

/** The columns of `saga_list`, in the order in which `listOf` gives them. */
export const listColumns: Sql = sql`started, saga_id, saga_type, saga_version, subject, flags, broken, last_event_at, ended_at, deadline,
  labels, services, versions, steps, steps_failed, held, last_step, last_error, max_attempt, compensations, ingested_at, place`;
const listExpressions: Sql = sql`started, saga_id, saga_type, saga_version, subject, flags, ${brokenRules} AS broken, last_event_at, ended_at, deadline,
  labels, services, versions, arrayDistinct(arrayConcat(steps_started, steps_completed, steps_failed)) AS steps, steps_failed, ${heldSteps} AS held, last_step, last_error,
  max_attempt, length(steps_compensated) AS compensations, ingested_at,
  tupleElement(last_position, 'place') AS place`;

/** `rows` of `sagas`, as a question: what `saga_list` has of them. */
export const listOf = (rows: Sql): Sql => sql`SELECT ${listExpressions} FROM ${withOrders(rows)}`;

/** With what `saga_list` works out itself: what facets count by, and the words. */
export const listOfWithTexts = (rows: Sql): Sql => sql`SELECT *,
  concat(toString(flags), '\\0', saga_type, '\\0', tupleElement(last_error, 'code'), '\\0', arrayStringConcat(broken, ',')) AS facets,
  lower(concat(arrayStringConcat(labels, ' '), ' ', tupleElement(last_error, 'code'), ' ', tupleElement(last_error, 'message'))) AS words
  FROM (${listOf(rows)})`;

/**
 * One row a saga, to be read as a table: as `saga_list` has it, and of sagas that have changed since they were listed as
 * `sagas` has them now. What narrows it reaches both, their indexes too.
 */
export const listedSagas: Sql = sql`(
    SELECT ${listColumns}, facets, words FROM saga_list FINAL WHERE started NOT IN (${unlisted})
    UNION ALL
    ${listOfWithTexts(sql`sagas FINAL WHERE started IN (${unlisted})`)})`;
