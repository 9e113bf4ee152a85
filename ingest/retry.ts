import { setTimeout as sleep } from "node:timers/promises";
import { SagascopeError } from "#lib/errors.ts";
import { classifyError, type RetryCause } from "./classify-error.ts";

export interface RetryWatch {
  /** Called before each wait. */
  readonly retrying: (cause: RetryCause, error: unknown, waitMs: number) => void;
  /** Ends the trying: the partition is no longer ours, or the process is stopping. */
  readonly signal: AbortSignal;
  /** Told of a refusal by the store whose code is not known, which is tried again; what it throws ends the trying. */
  readonly unknown?: (error: unknown) => Promise<void>;
  /** Called before each try; what it throws ends the trying. */
  readonly before?: () => Promise<void>;
}

/** The store cannot take these rows, whenever they are sent. */
export class RowsRefused extends Error {}

const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * Tries until it works. Throws `RowsRefused` when the rows are at fault, `STORE_REFUSED` when a person has to act,
 * and the signal's reason when it is aborted.
 */
export async function retryForever<T>(
  work: () => Promise<T>,
  { retrying, signal, unknown, before }: RetryWatch,
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    signal.throwIfAborted();
    await before?.();
    try {
      return await work();
    } catch (error) {
      const verdict = classifyError(error);
      switch (verdict.kind) {
        case "split":
          throw new RowsRefused("The store refused the rows", { cause: error });
        case "halt":
          throw new SagascopeError("STORE_REFUSED", verdict.remedy, { cause: error });
        case "unknown":
          retrying(verdict.cause, error, waitMs);
          await unknown?.(error);
          break;
        case "retry":
          retrying(verdict.cause, error, waitMs);
      }
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
