import type { ReactNode } from "react";
import styles from "./panel.module.css";
import { Skeleton } from "./skeleton.tsx";

/**
 * A part of a page: a heading over a hairline, what it shows, and on the right what belongs to the whole of it.
 * While it has nothing to show yet, a skeleton of its `height` holds the place.
 */
export function Panel({
  title,
  aside,
  height,
  children,
}: {
  title: string;
  aside?: ReactNode;
  height?: string;
  children: ReactNode;
}) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.head}>
        <h2>{title}</h2>
        <div className={styles.aside}>{aside}</div>
      </header>
      {children ?? (height !== undefined && <Skeleton height={height} />)}
    </section>
  );
}

/** Why there is nothing here, and what to do. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className={styles.empty}>{children}</p>;
}
