import styles from "./problem-note.module.css";

/** That something does not work, loud enough to be seen and small enough to leave what is still true on the page. */
export function ProblemNote({ problem }: { problem: string }) {
  return (
    <p className={styles.problem} role="alert">
      <span aria-hidden>✕</span>
      {problem}
    </p>
  );
}
