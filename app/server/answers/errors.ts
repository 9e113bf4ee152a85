import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { Errors } from "#contracts/api/errors.ts";
import type { ErrorsParams } from "#contracts/api/params.ts";
import { errorFingerprints } from "#store/clickhouse/queries/error-fingerprints.ts";
import { refuseAbove } from "#store/clickhouse/queries/saga-budget.ts";
import type { Answering } from "./answering.ts";

const mostErrors = 2_000_000;

/** What went wrong in a stretch of time, each kind of error once. */
export async function answerErrors(
  params: z.output<typeof ErrorsParams>,
  { asker, nowMs }: Answering,
): Promise<Omit<Errors, keyof Cost>> {
  const { window, bucketSeconds } = resolveRange(params, nowMs);
  await refuseAbove(asker, window, { most: mostErrors, what: "this list", of: "errors" });
  const filter = { window, types: params.type, steps: params.step, codes: params.error };
  const rows = await errorFingerprints(asker, filter, { bucketSeconds, limit: params.limit + 1 });
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds,
    errors: rows.slice(0, params.limit),
    errorsCut: rows.length > params.limit,
  };
}
