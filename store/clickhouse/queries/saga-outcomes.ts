import { z } from "zod";
import type { SagaComparison } from "#contracts/api/compare.ts";
import { SagaId } from "#contracts/ids.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { began, durationMs, stateOfFlags } from "./saga-expressions.ts";
import { isOneOf, type SagaPlace } from "./saga-place.ts";

const Row = z
  .object({ id: SagaId, type: z.string(), version: z.string(), started_at: Time, flags: Count, took_ms: Count })
  .transform(({ started_at: startedAt, flags, took_ms: tookMs, ...row }) => ({
    ...row,
    startedAt,
    state: stateOfFlags(flags),
    durationMs: tookMs,
  }));

/** How a saga stands, and for how long it has run. */
export type SagaOutcome = Omit<SagaComparison["here"], "moves">;

/** How each of these sagas stands, as the store has folded its events; in no order, without those that were deleted meanwhile. */
export const sagaOutcomes = (asker: Asker, places: readonly SagaPlace[]): Promise<SagaOutcome[]> =>
  asker.ask(
    sql`SELECT saga_id AS id, saga_type AS type, saga_version AS version, ${began} AS started_at, flags, ${durationMs} AS took_ms
      FROM sagas FINAL WHERE ${isOneOf(places)} LIMIT 1000`,
    Row,
  );
