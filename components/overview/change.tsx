import { formatChange, formatCount } from "#components/format.ts";
import styles from "./change.module.css";

/** How a count stands against the same stretch a week before. */
export function CountChange({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return null;
  if (now === before) return <span className={styles.change}>as last week</span>;
  // Of few, a percentage says less than the number itself.
  if (before < 20 || now >= before * 10) {
    return <span className={styles.change}>{before === 0 ? "none" : formatCount(before)} last week</span>;
  }
  return (
    <span className={styles.change} title={`${formatCount(before)} in the same stretch last week`}>
      {formatChange(now, before)} on last week
    </span>
  );
}

/** How a share (0..1) stands against the one of a week before, in percentage points. */
export function ShareChange({ now, before }: { now: number | undefined; before: number | undefined }) {
  if (now === undefined || before === undefined) return null;
  const points = Number(((now - before) * 100).toFixed(1));
  const text = points > 0 ? `+${points} pp` : points < 0 ? `−${-points} pp` : "±0 pp";
  return <span className={styles.change}>{text} on last week</span>;
}

/** How a duration stands against a week before; slower by a fifth is worth a mark. */
export function DurationChange({ nowMs, beforeMs }: { nowMs: number; beforeMs: number | null }) {
  if (beforeMs === null || beforeMs === 0) return <span className="faint">–</span>;
  const worse = nowMs > beforeMs * 1.2;
  return (
    <span className={worse ? styles.worse : "quiet"}>
      {worse && <span aria-hidden>▲ </span>}
      {formatChange(nowMs, beforeMs)}
    </span>
  );
}
