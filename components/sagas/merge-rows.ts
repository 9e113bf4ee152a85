/** What the list holds: rows in order, and the cursor behind the last of them. */
export interface Held<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

interface Identified {
  readonly id: string;
  readonly startedAt: string;
  readonly storedAt?: string | undefined;
}

/** What tells rows apart: services that disagree about a saga's start make two rows of one id. An event may move a start, not this. */
export const rowKey = ({ id, startedAt, storedAt }: Identified) => `${storedAt ?? startedAt} ${id}`;

/**
 * A newer first page over what is held. The first page is right about the stretch that it covers: what is missing
 * there is gone. Rows behind it stay. Where the two do not meet, too much has come at once, and the page stands alone.
 */
export function mergeRows<Row extends Identified>(held: Held<Row>, fresh: Held<Row>): Held<Row> {
  if (fresh.next === null) return fresh;
  const freshKeys = new Set(fresh.rows.map(rowKey));
  const lastShared = held.rows.findLastIndex((row) => freshKeys.has(rowKey(row)));
  if (lastShared === -1) return fresh;
  const behind = held.rows.slice(lastShared + 1);
  if (behind.length === 0) return fresh;
  return { rows: [...fresh.rows, ...behind], next: held.next };
}

/** A further page behind what is held; a row that came twice stays where it was. */
export function appendRows<Row extends Identified>(held: Held<Row>, page: Held<Row>): Held<Row> {
  const keys = new Set(held.rows.map(rowKey));
  return { rows: [...held.rows, ...page.rows.filter((row) => !keys.has(rowKey(row)))], next: page.next };
}

/** The rows that stood before, where they stood, each as it is now: nothing moves under the pointer. */
export function inPlace<Row extends Identified>(before: readonly Row[], now: readonly Row[]): readonly Row[] {
  const newest = new Map(now.map((row) => [rowKey(row), row]));
  return before.map((row) => newest.get(rowKey(row)) ?? row);
}
