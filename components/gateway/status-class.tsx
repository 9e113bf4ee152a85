import styles from "./gateway.module.css";

/** Classes of status, worst first: those of trouble borrow no state's colour but the one of failure. */
export const classes = [
  { key: "s5xx", name: "5xx", colour: "var(--failed)" },
  { key: "s4xx", name: "4xx", colour: "var(--series-2)" },
  { key: "s3xx", name: "3xx", colour: "var(--series-3)" },
  { key: "s2xx", name: "2xx", colour: "var(--series-4)" },
].map((one) => ({ ...one, mark: <ClassMark colour={one.colour} name={one.name} /> })) as readonly {
  readonly key: "s5xx" | "s4xx" | "s3xx" | "s2xx";
  readonly name: string;
  readonly colour: string;
  readonly mark: React.ReactNode;
}[];

function ClassMark({ colour, name }: { colour: string; name: string }) {
  return (
    <span className={styles.class}>
      <i style={{ background: colour }} />
      {name}
    </span>
  );
}

/** A status; loud only where the gateway or a service behind it failed. */
export function Status({ status }: { status: number }) {
  return <span className={status >= 500 ? styles.failing : status >= 400 ? styles.refused : undefined}>{status}</span>;
}
