import { StateGlyph } from "#components/mark/state-glyph.tsx";
import type { SagaState, StepState } from "#contracts/api/saga.ts";
import styles from "./step-mark.module.css";

const looks = {
  pending: { state: null, word: "not started" },
  waiting: { state: null, word: "waiting in queue" },
  running: { state: "running", word: "running" },
  retrying: { state: "running", word: "retrying" },
  completed: { state: "completed", word: "completed" },
  failed: { state: "failed", word: "failed" },
  compensating: { state: "compensating", word: "compensating" },
  compensated: { state: "compensated", word: "compensated" },
  skipped: { state: null, word: "skipped" },
} as const satisfies Record<StepState, { state: SagaState | null; word: string }>;

/** What a step's state is called on the page. */
export const stepWord = (state: StepState): string => looks[state].word;

/**
 * A step's state as its glyph, that of the sagas' state alike, or in ink where nothing has been done; the word is for
 * those who do not see it.
 */
export function StepMark({ state: step }: { state: StepState }) {
  const { state, word } = looks[step];
  return (
    <span className={styles.mark} style={state ? { color: `var(--${state})` } : undefined} title={word}>
      {state ? <StateGlyph state={state} /> : <span className={styles[step]} />}
      <span className="visually-hidden">{word}</span>
    </span>
  );
}
