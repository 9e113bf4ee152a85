import { type Sql, sql } from "#lib/sql.ts";
import { brokenRules, heldSteps, withOrders } from "./saga-expressions.ts";

/** The list alone: as old as the oldest change that it lacks (`listLagMs`). */
export const listAlone: Sql = sql`saga_list FINAL`;

/** Changes of sagas that have not been listed for good: `at` is when, `started` names the sagas. */
const unlisted = sql`SELECT started FROM saga_changes WHERE at >= (SELECT max(upto) FROM saga_listed WHERE name = 'changes')`;

/** The columns of `saga_list`, in the order in which `listOf` gives them. */
export const listColumns: Sql = sql`started, saga_id, saga_type, saga_version, subject, flags, broken, last_event_at, ended_at, deadline,
  labels, services, versions, steps, steps_failed, held, last_step, last_error, max_attempt, compensations, ingested_at, place, early_ms`;
const listExpressions: Sql = sql`started, saga_id, saga_type, saga_version, subject, flags, ${brokenRules} AS broken, last_event_at, ended_at, deadline,
  labels, services, versions, arrayDistinct(arrayConcat(steps_started, steps_completed, steps_failed)) AS steps, steps_failed, ${heldSteps} AS held, last_step, last_error,
  max_attempt, length(steps_compensated) AS compensations, ingested_at,
  tupleElement(last_position, 'place') AS place, early_ms`;

/** `rows` of `sagas`, as a question: what `saga_list` has of them. */
export const listOf = (rows: Sql): Sql => sql`SELECT ${listExpressions} FROM ${withOrders(rows)}`;

/** What `saga_list` works out itself: what facets count by, the words, and what an open saga waits in, since and until when. */
export const workedOut: Sql = sql`facets, words, waits_in, waits_since, waits_until`;

/** The last three of `workedOut`, from columns of `saga_list`. */
export const waits: Sql = sql`if(bitAnd(flags, 30) = 0, cityHash64(toString(saga_type), toString(saga_version), place), 0) AS waits_in,
  if(bitAnd(flags, 30) = 0, last_event_at, toDateTime64(0, 3, 'UTC')) AS waits_since,
  if(bitAnd(flags, 30) = 0, deadline, toDateTime64(0, 3, 'UTC')) AS waits_until`;

/** With what `saga_list` works out itself, in the order of `listColumns` and `workedOut`. */
export const listOfWhole = (rows: Sql): Sql => sql`SELECT *,
  concat(toString(flags), '\\0', saga_type, '\\0', tupleElement(last_error, 'code'), '\\0', arrayStringConcat(broken, ',')) AS facets,
  lower(concat(arrayStringConcat(labels, ' '), ' ', tupleElement(last_error, 'code'), ' ', tupleElement(last_error, 'message'))) AS words,
  ${waits}
  FROM (${listOf(rows)})`;

/**
 * One row a saga, to be read as a table: as `saga_list` has it, and of sagas that have changed since they were listed as
 * `sagas` has them now. What narrows it reaches both, their indexes too.
 */
export const listedSagas: Sql = sql`(
    SELECT ${listColumns}, ${workedOut} FROM saga_list FINAL WHERE started NOT IN (${unlisted})
    UNION ALL
    ${listOfWhole(sql`sagas FINAL WHERE started IN (${unlisted})`)})`;
