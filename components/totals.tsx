import type { CSSProperties, ReactNode } from "react";
import styles from "./totals.module.css";

/** A page in a few numbers, side by side: `columns` of them. */
export function Totals({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <dl className={styles.totals} style={{ "--columns": columns } as CSSProperties}>
      {children}
    </dl>
  );
}

/** One number with its name and what to know of it; `loud` where the number itself is trouble. */
export function Total({
  name,
  value,
  note,
  loud = false,
}: {
  name: string;
  value: ReactNode;
  note: ReactNode;
  loud?: boolean;
}) {
  return (
    <div className={styles.total} data-loud={loud}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        <span className="faint">{note}</span>
      </dd>
    </div>
  );
}
