import type { ReactNode } from "react";
import styles from "./panel.module.css";

/** A part of a page: a heading over a hairline, what it shows, and on the right what belongs to the whole of it. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.head}>
        <h2>{title}</h2>
        <div className={styles.aside}>{aside}</div>
      </header>
      {children}
    </section>
  );
}

/** Why there is nothing here, and what to do. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className={styles.empty}>{children}</p>;
}
