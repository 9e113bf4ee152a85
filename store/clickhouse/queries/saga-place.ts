import { moment, moments, type Sql, sql, string, strings } from "#lib/sql.ts";

/** By what a row of a saga is found at once. */
export interface SagaPlace {
  readonly id: string;
  readonly startedAt: string;
  /** Under which moment it is stored, where that is later. */
  readonly storedAt?: string | undefined;
}

/** Under which moment a saga is stored, ms since the epoch: `started` of its rows. */
export const storedMs = ({ startedAt, storedAt }: Omit<SagaPlace, "id">): number => Date.parse(storedAt ?? startedAt);

/** `storedAt` of a saga, where it is to be said. */
export const storedLater = (startedAt: string, storedAt: string): { storedAt?: string } =>
  storedAt === startedAt ? {} : { storedAt };

/**
 * Rules parts out by their index before they are opened: a saga's events lie in one of some fifty, and to open each takes longer than to
 * read it. Not where many rows may match: labels and words are read from their index itself only while the rows are read.
 */
export const partsFirst: Sql = sql`SETTINGS use_skip_indexes_on_data_read = 0`;

/** Whether a row that has `started` and `saga_id` is of one of these sagas. */
export function isOneOf(places: readonly SagaPlace[]): Sql {
  const startMs = places.map(storedMs);
  const [only, ...more] = places;
  if (only && more.length === 0) return sql`started = ${moment(startMs[0] ?? 0)} AND saga_id = ${string(only.id)}`;
  const ids = strings(places.map(({ id }) => id));
  return sql`(started, saga_id) IN (SELECT place.1, place.2 FROM (SELECT arrayJoin(arrayZip(${moments(startMs)}, ${ids})) AS place))`;
}
