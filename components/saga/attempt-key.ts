import type { SagaEventRow } from "#contracts/api/saga.ts";

/** Names one attempt of a step or of a compensation within its saga; goes into the URL. */
export interface AttemptKey {
  readonly step: string;
  /** The step that it undoes, or empty. */
  readonly compensates: string;
  readonly attempt: number;
}

/** `charge-payment.1`, `refund-payment.1.charge-payment`, with dots inside names escaped. */
export const attemptKey = ({ step, compensates, attempt }: AttemptKey): string =>
  [step, String(attempt), ...(compensates ? [compensates] : [])].map((part) => part.replaceAll(".", "%2E")).join(".");

/** The key of the attempt that an event speaks of, or null for one of the saga as a whole. */
export const keyOfEvent = (event: SagaEventRow): string | null => (event.step === "" ? null : attemptKey(event));
