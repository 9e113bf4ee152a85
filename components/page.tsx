import type { ReactNode } from "react";
import styles from "./page.module.css";
import { ProblemNote } from "./problem-note.tsx";

/** What a page knows of its answer: whether it waits for a newer one, and why it has none. */
export interface AnswerState {
  /** True while what is shown belongs to an earlier question: it is dimmed. */
  readonly waiting: boolean;
  /** What went wrong with the newest question, in words for people. */
  readonly problem: string | undefined;
  /** True where no answer has ever come: the problem stands alone. */
  readonly failed?: boolean;
}

/** A page: its heading, what belongs to the whole of it on the right, trouble if there is any, and its content. */
export function Page({
  title,
  aside,
  answer,
  hideTitle = false,
  children,
}: {
  title: string;
  aside?: ReactNode;
  answer: AnswerState;
  hideTitle?: boolean;
  children: ReactNode;
}) {
  const hidden = hideTitle && !answer.failed;
  return (
    <div className={styles.page}>
      <header className={hidden ? "visually-hidden" : styles.head}>
        <h1>{title}</h1>
        {!hidden && <div className={styles.aside}>{aside}</div>}
      </header>
      {answer.problem !== undefined && <ProblemNote problem={answer.problem} />}
      {!answer.failed && (
        <div className={styles.content} data-waiting={answer.waiting} aria-busy={answer.waiting}>
          {children}
        </div>
      )}
    </div>
  );
}
