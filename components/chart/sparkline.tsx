import styles from "./sparkline.module.css";

const height = 20;

/** Small bars from zero, oldest first; the number that matters stands beside them. */
export function SparkBars({ counts, width = 88 }: { counts: readonly number[]; width?: number }) {
  const top = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const wide = Math.max(1, step - 1).toFixed(1);
  const bars = counts.map((count, index) => {
    const high = Math.max(2, (count / top) * (height - 1)).toFixed(1);
    return count === 0 ? "" : `M${(index * step).toFixed(1)} ${height}v-${high}h${wide}v${high}z`;
  });
  return (
    <svg className={styles.spark} width={width} height={height} aria-hidden>
      <rect className={styles.base} x={0} y={height - 1} width={width} height={1} />
      <path d={bars.join("")} className={styles.bars} />
    </svg>
  );
}

/** A small line from zero, oldest first; gaps stay gaps. */
export function SparkLine({ values, width = 88 }: { values: readonly (number | null)[]; width?: number }) {
  const top = Math.max(Number.MIN_VALUE, ...values.map(Number));
  const x = (index: number) => ((index + 0.5) / values.length) * width;
  const y = (value: number) => height - 1.5 - (value / top) * (height - 3);
  const path = values
    .map((value, index) => {
      if (value === null) return "";
      const begins = (values[index - 1] ?? null) === null;
      const alone = begins && (values[index + 1] ?? null) === null;
      const point = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      return `${begins ? "M" : "L"}${point}${alone ? "h.01" : ""}`;
    })
    .join("");
  return (
    <svg className={styles.spark} width={width} height={height} aria-hidden>
      <rect className={styles.base} x={0} y={height - 1} width={width} height={1} />
      <path d={path} className={styles.path} />
    </svg>
  );
}
