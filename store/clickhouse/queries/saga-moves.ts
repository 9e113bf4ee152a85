import { z } from "zod";
import type { Move } from "#contracts/api/compare.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Run } from "#sagas/typical/typical-run.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, MaybeNumber } from "./column-shapes.ts";
import { isOneOf, type SagaPlace, storedMs } from "./saga-place.ts";

const Row = z
  .object({
    id: z.string(),
    step: z.string(),
    compensates: z.string(),
    attempt: Count,
    outcome: z.enum(["running", "completed", "failed"]),
    at_ms: z.number(),
    duration_ms: MaybeNumber,
    error_code: z.string(),
  })
  .transform(({ id, at_ms: atMs, duration_ms: durationMs, error_code: errorCode, ...row }) => ({
    id,
    move: { ...row, atMs, durationMs, errorCode } satisfies Move,
  }));

/**
 * The first `most` attempts of each of these sagas at their steps and compensations, in the order in which they began:
 * one short read each. Each is told by how long after its saga's start it began.
 */
export async function sagaMoves(asker: Asker, places: readonly SagaPlace[], most: number): Promise<Run[]> {
  const rows = await asker.ask(
    sql`SELECT saga_id AS id, step, compensates, attempt,
        multiIf(bitAnd(flags, 2) != 0, 'completed', bitAnd(flags, 4) != 0, 'failed', 'running') AS outcome,
        (toUnixTimestamp64Nano(if(bitAnd(flags, 1) != 0, step_started_at, step_ended_at)) - toUnixTimestamp64Nano(toDateTime64(started, 9, 'UTC'))) / 1e6 AS at_ms,
        if(bitAnd(flags, 1) != 0 AND bitAnd(flags, 6) != 0,
          greatest(0, toUnixTimestamp64Nano(step_ended_at) - toUnixTimestamp64Nano(step_started_at)) / 1e6, NULL) AS duration_ms,
        toString(saga_steps.error_code) AS error_code
      FROM saga_steps FINAL WHERE ${isOneOf(places)}
      ORDER BY id, at_ms, compensates, step, attempt LIMIT ${uint32(most)} BY id LIMIT ${uint32(most * places.length)}`,
    Row,
  );
  const moves = new Map<string, Move[]>(places.map(({ id }) => [id, []]));
  const earlyMs = new Map(places.map((place) => [place.id, storedMs(place) - Date.parse(place.startedAt)]));
  for (const { id, move } of rows) moves.get(id)?.push({ ...move, atMs: move.atMs + (earlyMs.get(id) ?? 0) });
  return places.map(({ id }) => ({ id, moves: moves.get(id) ?? [] }));
}
