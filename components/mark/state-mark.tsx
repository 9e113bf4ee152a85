import type { SagaState } from "#contracts/api/saga.ts";
import styles from "./mark.module.css";
import { StateGlyph } from "./state-glyph.tsx";

/** A state's colour, glyph and word, always the same three. */
export function StateMark({ state, word = true }: { state: SagaState; word?: boolean }) {
  return (
    <span className={styles.mark} style={{ color: `var(--${state})` }} title={word ? undefined : state}>
      <StateGlyph state={state} />
      {word ? state : <span className="visually-hidden">{state}</span>}
    </span>
  );
}
