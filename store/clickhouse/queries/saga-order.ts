import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { type sagaSorts, sagaStates, verdicts } from "#contracts/words.ts";
import { type Hole, int64, moment, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import { businessLabels } from "#sagas/business-labels.ts";
import { businessKey } from "./business-key.ts";
import { Count } from "./column-shapes.ts";
import { durationMs, errorCodeOf, type Lateness, never, stateRank, verdictRank } from "./saga-expressions.ts";
import { storedMs } from "./saga-place.ts";

export interface SagaOrder {
  readonly by: (typeof sagaSorts)[number];
  readonly direction: "asc" | "desc";
}

/** An order, and what it depends on whether a saga is overdue. */
export interface Sorting extends SagaOrder {
  readonly late: Lateness;
}

/** Where a page ended: the value that it is sorted by, and what tells its row from others with the same value. */
export interface SagaCursor {
  readonly value: number | string;
  readonly startedMs: number;
  readonly id: string;
}

/** A value to sort by: of a row of `listedSagas`, as a parameter, and of what was answered. The three must agree. */
export interface SortValue {
  readonly kind: "moment" | "number" | "text";
  readonly sql: (late: Lateness) => Sql;
  readonly of: (saga: SagaSummary) => number | string;
}

/** A moment that is not there comes as the largest. */
const msOrNever = (column: Sql): Sql =>
  sql`if(${column} = toDateTime64(0, 3), ${int64(never)}, toUnixTimestamp64Milli(${column}))`;

/** So does a text: the last character that there is comes after all others. */
const lastText = "\u{10FFFF}";
const textOrLast = (text: Sql): Sql => sql`if(${text} = '', ${string(lastText)}, ${text})`;

/** Of what may be very long so many characters count: they have to fit into a cursor. */
export const sortedLetters = 256;
const beginning = (text: Sql): Sql => textOrLast(sql`substringUTF8(${text}, 1, ${uint32(sortedLetters)})`);
const beginningOf = (text: string): string => [...text].slice(0, sortedLetters).join("") || lastText;

const msOf = (time: string | null): number => (time === null ? never : Date.parse(time));

/** States come in the order of `sagaStates`, texts in that of their characters' code points. */
export const sortValues: Readonly<Record<SagaOrder["by"], SortValue>> = {
  started: { kind: "moment", sql: () => sql`started`, of: storedMs },
  duration: { kind: "number", sql: () => durationMs, of: ({ durationMs: ms }) => ms },
  lastEvent: { kind: "moment", sql: () => sql`last_event_at`, of: ({ lastEventAt }) => msOf(lastEventAt) },
  id: { kind: "text", sql: () => sql`saga_id`, of: ({ id }) => id },
  type: { kind: "text", sql: () => sql`saga_type`, of: ({ type }) => type },
  version: { kind: "text", sql: () => sql`saga_version`, of: ({ version }) => version },
  state: { kind: "number", sql: () => stateRank, of: ({ state }) => sagaStates.indexOf(state) },
  step: {
    kind: "text",
    sql: () => textOrLast(sql`tupleElement(last_step, 'step')`),
    of: ({ step }) => step ?? lastText,
  },
  attempts: { kind: "number", sql: () => sql`max_attempt`, of: ({ maxAttempt }) => maxAttempt },
  compensations: { kind: "number", sql: () => sql`compensations`, of: ({ compensations }) => compensations },
  ended: { kind: "number", sql: () => msOrNever(sql`ended_at`), of: ({ endedAt }) => msOf(endedAt) },
  deadline: { kind: "number", sql: () => msOrNever(sql`deadline`), of: ({ deadline }) => msOf(deadline) },
  error: { kind: "text", sql: () => textOrLast(errorCodeOf), of: ({ error }) => error?.code ?? lastText },
  subject: { kind: "text", sql: () => beginning(sql`subject`), of: ({ subject }) => beginningOf(subject) },
  label: {
    kind: "text",
    sql: () => beginning(businessKey),
    of: (saga) => beginningOf(businessLabels(saga)[0]?.[1] ?? ""),
  },
  verdict: {
    kind: "number",
    sql: verdictRank,
    of: ({ verdicts: own }) => own.reduce((sum, verdict) => sum + 2 ** verdicts.indexOf(verdict), 0),
  },
};

/** Rows of one value go by their start, then by their id. */
export function orderBy(order: Sorting): Sql {
  return order.direction === "asc" ? sql`${headOf(order)}, saga_id ASC` : sql`${headOf(order)}, saga_id DESC`;
}

/** The order by all but the id. */
export function headOf({ by, direction, late }: Sorting): Sql {
  if (by === "started") return direction === "asc" ? sql`started ASC` : sql`started DESC`;
  const value = sortValues[by].sql(late);
  return direction === "asc" ? sql`${value} ASC, started ASC` : sql`${value} DESC, started DESC`;
}

/** What a row is ordered by but for its id, as `ms` and `value`, to be read as a `Head`. */
export function headColumns({ by, late }: Sorting): Sql {
  const { kind, ...sorted } = sortValues[by];
  const value = sorted.sql(late);
  const told = kind === "moment" ? sql`toUnixTimestamp64Milli(${value})` : value;
  return sql`toUnixTimestamp64Milli(started) AS ms, ${told} AS value`;
}

export const Head = z
  .object({ ms: Count, value: z.union([z.number(), z.string()]) })
  .transform(({ ms: startedMs, value }) => ({ startedMs, value }));
export type Head = z.output<typeof Head>;

/** What lies at a place or after it, by all but the id. */
export function reached(head: Head, order: Sorting): Sql {
  const { here, there } = compared(head, order);
  return order.direction === "asc" ? sql`${here} >= ${there}` : sql`${here} <= ${there}`;
}

/** What lies at a place or before it, by all but the id. */
export function upTo(head: Head, order: Sorting): Sql {
  const { here, there } = compared(head, order);
  return order.direction === "asc" ? sql`${here} <= ${there}` : sql`${here} >= ${there}`;
}

function compared({ value, startedMs }: Head, { by, late }: Sorting): { here: Sql; there: Sql } {
  const started = moment(startedMs);
  if (by === "started") return { here: sql`started`, there: sql`${started}` };
  return { here: sql`(${sortValues[by].sql(late)}, started)`, there: sql`(${valueHole(value, by)}, ${started})` };
}

/** What lies after the cursor. */
export function after(cursor: SagaCursor, { by, direction, late }: Sorting): Sql {
  const here = sql`(${sortValues[by].sql(late)}, started, saga_id)`;
  const there = sql`(${valueHole(cursor.value, by)}, ${moment(cursor.startedMs)}, ${string(cursor.id)})`;
  return direction === "asc" ? sql`${here} > ${there}` : sql`${here} < ${there}`;
}

const holes: Readonly<Record<SortValue["kind"], (value: number | string) => Hole>> = {
  moment: (value) => moment(Number(value)),
  number: (value) => int64(Number(value)),
  text: (value) => string(String(value)),
};

const valueHole = (value: Head["value"], by: SagaOrder["by"]): Hole => holes[sortValues[by].kind](value);
