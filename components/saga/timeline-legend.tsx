import { StateGlyph } from "#components/mark/state-glyph.tsx";
import type { Timeline } from "./timeline-layout.ts";
import styles from "./timeline-legend.module.css";

/** What the shapes of a timeline mean, in one line; only those that it shows. */
export function TimelineLegend({ layout }: { layout: Pick<Timeline, "rows" | "folds"> }) {
  const bars = layout.rows.flatMap((row) => row.bars);
  const entries = [
    {
      look: "queue",
      text: "waiting in queue",
      shown: bars.some((bar) => bar.queue) || layout.rows.some((row) => row.queued),
    },
    { look: "work", text: "working", shown: true },
    {
      look: "failed",
      text: "failed",
      state: "failed" as const,
      shown: bars.some((bar) => bar.attempt.outcome === "failed"),
    },
    { look: "backOff", text: "back-off", shown: bars.some((bar) => bar.backOff) },
    {
      look: "undo",
      text: "undoes the row's step",
      state: "compensated" as const,
      shown: bars.some((bar) => bar.compensates),
    },
    { look: "ahead", text: "still to come", shown: layout.rows.some((row) => row.ahead) },
    { look: "fold", text: "time folded", shown: layout.folds.length > 0 },
  ];
  return (
    <ul className={styles.legend} aria-label="Legend">
      {entries
        .filter((entry) => entry.shown)
        .map(({ look, text, state }) => (
          <li key={look}>
            <span className={styles[look]} aria-hidden>
              {state && <StateGlyph state={state} />}
            </span>
            {text}
          </li>
        ))}
    </ul>
  );
}
