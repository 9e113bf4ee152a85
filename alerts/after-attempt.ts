import type { DeliveryStanding } from "#store/postgres/queries/record-attempt.ts";
import { nextDelayMs } from "./backoff.ts";
import type { Posted } from "./post.ts";

/** What an attempt led to. */
export interface AfterAttempt {
  readonly outcome: "delivered" | "retry" | "given up" | "gone" | "stopped";
  readonly status: number | null;
  readonly error: string | null;
  readonly standing: DeliveryStanding;
}

const gone = 410;

/** Decides how a delivery goes on after an attempt, `failures` before it; `chance` in [0, 1) spreads the retries. */
export function afterAttempt(
  posted: Posted,
  { failures, nowMs, chance }: { failures: number; nowMs: number; chance: number },
): AfterAttempt {
  if (posted.kind === "stopped") {
    const error = "Sagascope was stopped before the answer came; it is sent again after the start.";
    return { outcome: "stopped", status: null, error, standing: pending(nowMs, failures) };
  }
  const status = posted.kind === "answered" ? posted.status : null;
  const error = posted.kind === "unanswered" ? posted.error : null;
  if (status !== null && status >= 200 && status < 300) {
    return { outcome: "delivered", status, error, standing: { state: "delivered", nextAttemptMs: null, failures } };
  }
  const failed = { state: "failed", nextAttemptMs: null, failures: failures + 1 } as const;
  if (status === gone) {
    return { outcome: "gone", status, error: "The receiver wants no more calls.", standing: failed };
  }
  const retryAfterMs = posted.kind === "answered" ? posted.retryAfterMs : null;
  const delayMs = nextDelayMs(failures + 1, { retryAfterMs, chance });
  const why = status !== null && status >= 300 && status < 400 ? "Redirects are not followed." : error;
  if (delayMs === undefined) return { outcome: "given up", status, error: why, standing: failed };
  return { outcome: "retry", status, error: why, standing: pending(nowMs + delayMs, failures + 1) };
}

const pending = (nextAttemptMs: number, failures: number): DeliveryStanding => ({
  state: "pending",
  nextAttemptMs,
  failures,
});
