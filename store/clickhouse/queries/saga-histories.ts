import { z } from "zod";
import { and, int64s, sql, uint32 } from "#lib/sql.ts";
import { ends, type History } from "#sagas/history.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Ids = z.array(Count);
const Row = z
  .object({
    id: z.string(),
    type: z.string(),
    version: z.string(),
    started_ms: Count,
    start: Count,
    end_kind: z.enum(["", ...ends]),
    ended_ms: Count,
    end_cause: Count,
    names: z.array(z.string()),
    undone: z.array(z.string()),
    attempts: Ids,
    flags: Ids,
    begins_us: Ids,
    ends_us: Ids,
    start_ids: Ids,
    end_ids: Ids,
    causes: Ids,
  })
  .transform(
    (row): TypedHistory => ({
      type: row.type,
      version: row.version,
      id: row.id,
      startedMs: row.started_ms,
      startId: idOf(row.start),
      end: row.end_kind === "" ? null : { kind: row.end_kind, atMs: row.ended_ms, cause: idOf(row.end_cause) },
      executions: row.names.map((name, index) => {
        const flags = row.flags[index] ?? 0;
        return {
          name,
          compensates: row.undone[index] ?? "",
          attempt: row.attempts[index] ?? 0,
          startedMs: (flags & 1) === 0 ? null : (row.begins_us[index] ?? 0) / 1000,
          endedMs: (flags & 6) === 0 ? null : (row.ends_us[index] ?? 0) / 1000,
          outcome: (flags & 2) !== 0 ? "completed" : (flags & 4) !== 0 ? "failed" : "open",
          startId: idOf(row.start_ids[index]),
          endId: idOf(row.end_ids[index]),
          cause: idOf(row.causes[index]),
        };
      }),
    }),
  );

/** A saga's history, with what it is a history of. */
export interface TypedHistory extends History {
  readonly type: string;
  readonly version: string;
}

const idOf = (hash: number | undefined): string => (hash ? String(hash) : "");

/** One of `of` parts of any sagas, by their ids: the one numbered `at`, from 0. */
export interface Share {
  readonly of: number;
  readonly at: number;
}

const all: Share = { of: 1, at: 0 };

/** The histories of the sagas that started within the window, or of a share of them, from the store's folds of their events. */
export async function sagaHistories(
  asker: Asker,
  window: TimeWindow,
  { of, at }: Share = all,
): Promise<TypedHistory[]> {
  const within = and([startedWithin(window), sql`cityHash64(saga_id) % ${uint32(of)} = ${uint32(at)}`]);
  return await asker.ask(
    sql`SELECT saga_id AS id, type, version, toUnixTimestamp64Milli(started) - early_ms AS started_ms, start, end_kind, ended_ms, end_cause,
        names, undone, attempts, flags, begins_us, ends_us, start_ids, end_ids, causes
      FROM (
        SELECT started, saga_id, saga_type AS type, saga_version AS version, start_id AS start, end_cause,
          multiIf(bitAnd(sagas.flags, 8) != 0, 'failed', bitAnd(sagas.flags, 4) != 0, 'compensated', bitAnd(sagas.flags, 2) != 0, 'completed', '') AS end_kind,
          toUnixTimestamp64Milli(ended_at) AS ended_ms, early_ms
        FROM sagas FINAL WHERE ${within}) AS saga
      LEFT JOIN (
        SELECT started, saga_id, groupArray(toString(step)) AS names, groupArray(toString(compensates)) AS undone,
          groupArray(attempt) AS attempts, groupArray(saga_steps.flags) AS flags,
          groupArray(toUnixTimestamp64Micro(step_started_at)) AS begins_us,
          groupArray(toUnixTimestamp64Micro(step_ended_at)) AS ends_us,
          groupArray(start_id) AS start_ids, groupArray(end_id) AS end_ids,
          groupArray(toUInt32(bitAnd(cause, 4294967295))) AS causes
        FROM saga_steps FINAL WHERE ${within} GROUP BY started, saga_id) AS tries
      USING (started, saga_id)
      LIMIT 1000000`,
    Row,
  );
}

/** How many sagas started within the window, or a few more: parts of one that are not folded yet count apart. */
export async function sagasWithin(asker: Asker, window: TimeWindow): Promise<number> {
  const [row] = await asker.ask(
    sql`SELECT count() AS sagas FROM sagas WHERE ${startedWithin(window)} LIMIT 1`,
    z.object({ sagas: Count }),
  );
  return row?.sagas ?? 0;
}

/** The same of each of these pieces of a window, in their order and side by side. */
export async function sagasByPiece(asker: Asker, pieces: readonly TimeWindow[]): Promise<number[]> {
  const [first, last] = [pieces.at(0), pieces.at(-1)];
  if (!first || !last) return [];
  const starts = int64s(pieces.map(({ fromMs }) => fromMs));
  const rows = await asker.ask(
    sql`SELECT roundDown(toUnixTimestamp64Milli(started), ${starts}) AS from_ms, count() AS sagas FROM sagas
      WHERE ${startedWithin({ fromMs: first.fromMs, toMs: last.toMs })} GROUP BY from_ms LIMIT 1000000`,
    z.object({ from_ms: Count, sagas: Count }),
  );
  const counts = new Map(rows.map(({ from_ms, sagas }) => [from_ms, sagas]));
  return pieces.map(({ fromMs }) => counts.get(fromMs) ?? 0);
}
