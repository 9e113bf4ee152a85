import type { ReactNode } from "react";
import type { SagaState } from "#contracts/api/saga.ts";
import styles from "./mark.module.css";

// Drawn, not typed: fonts disagree about the size of ◐ and ↶, and some have none.
const drawings = {
  running: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.25" />
      <path d="M6 1.75a4.25 4.25 0 0 0 0 8.5z" fill="currentColor" />
    </>
  ),
  completed: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  compensating: (
    <>
      <path d="M2.6 3.7A4.2 4.2 0 1 1 1.8 6.4" />
      <path d="M2.3 1.2v2.7H5" />
    </>
  ),
  compensated: (
    <>
      <path d="M1.8 4.4h5.4a2.8 2.8 0 0 1 0 5.6H5" />
      <path d="M4.2 1.8 1.6 4.4 4.2 7" />
    </>
  ),
  failed: <path d="m2.2 2.2 7.6 7.6M9.8 2.2 2.2 9.8" strokeWidth="1.75" />,
  resolved: (
    <>
      <circle cx="6" cy="6" r="4.75" strokeWidth="1" />
      <path d="m3.9 6.2 1.5 1.5 2.8-3.2" />
    </>
  ),
} as const satisfies Record<SagaState, ReactNode>;

/** A state's glyph in the colour of the text around it; its word must stand beside it. */
export function StateGlyph({ state }: { state: SagaState }) {
  return (
    <svg
      className={styles.glyph}
      data-moving={state}
      width="12"
      height="12"
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      {drawings[state]}
    </svg>
  );
}
