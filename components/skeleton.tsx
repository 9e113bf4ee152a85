import styles from "./skeleton.module.css";

/** Holds the place of what is loading, at its true size (CSS lengths). */
export function Skeleton({ height, width = "100%" }: { height: string; width?: string }) {
  return <span className={styles.skeleton} style={{ height, width }} aria-hidden />;
}
