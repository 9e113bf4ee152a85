import type { BreachRule, Verdict } from "#contracts/api/saga.ts";
import styles from "./mark.module.css";
import { ruleWords } from "./rule-words.ts";

const paths = {
  overdue: "M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM6 3.5V6l1.8 1.2",
  inconsistent:
    "M5 3.2 6.2 2a2.1 2.1 0 0 1 3 3L8 6.2M4 5.8 2.8 7a2.1 2.1 0 0 0 3 3L7 8.8M4 3 3.2 1.6M3 4 1.6 3.2M8 9l.8 1.4M9 8l1.4.8",
} as const satisfies Record<Verdict, string>;

/** A badge on top of a state: a clock for overdue, a broken link for inconsistent. */
export function VerdictMark({
  verdict,
  word = true,
  rules = [],
}: {
  verdict: Verdict;
  word?: boolean;
  /** Which rules make it inconsistent. */
  rules?: readonly BreachRule[];
}) {
  const why = verdict === "inconsistent" ? rules.map((rule) => ruleWords[rule].toLowerCase()).join(", ") : "";
  const title = [verdict, why].filter(Boolean).join(": ");
  return (
    <span className={styles.verdict} title={title === verdict && word ? undefined : title}>
      <svg
        width="12"
        height="12"
        viewBox="0 0 12 12"
        fill="none"
        stroke="currentColor"
        strokeLinecap="round"
        aria-hidden
      >
        <path d={paths[verdict]} />
      </svg>
      {word ? verdict : <span className="visually-hidden">{title}</span>}
    </span>
  );
}
