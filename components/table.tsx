import type { ReactNode } from "react";
import styles from "./table.module.css";

/** A column's head. */
export interface Column {
  readonly name: string;
  /** Numbers stand at the right. */
  readonly number?: boolean;
  /** Left out on a phone, as the cells under it. */
  readonly wide?: boolean;
  /** Only heard: what its cells hold speaks for itself. */
  readonly hidden?: boolean;
  readonly className?: string | undefined;
}

/** A table that scrolls within itself where it is wider than the page; `children` are its rows. */
export function Table({
  columns,
  className,
  children,
}: {
  columns: readonly Column[];
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className={styles.scroller}>
      <table className={className}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={classOf(column)}>
                {column.hidden ? <span className="visually-hidden">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function classOf({ number, wide, className }: Column): string {
  return [number && "number", wide && styles.wide, className].filter(Boolean).join(" ");
}
