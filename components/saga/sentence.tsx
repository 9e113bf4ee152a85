"use client";

import { useClock } from "#components/clock.tsx";
import { formatTime } from "#components/format.ts";
import type { Breach, SagaDetail } from "#contracts/api/saga.ts";
import { sentenceOf } from "#sagas/sentence.ts";
import styles from "./sentence.module.css";

/** What happened to this saga, in words; and every consistency rule that it broke, with its evidence. */
export function Sentence({ saga }: { saga: SagaDetail }) {
  const { nowMs, zone } = useClock();
  // Said anew here, so that "since" moves on with the clock and speaks the page's zone.
  const sentence = sentenceOf(saga, { nowMs, clock: (ms) => formatTime(ms, zone, { nowMs, precise: false }) });
  return (
    <>
      <p className={styles.sentence}>{sentence}</p>
      {saga.breaches.length > 0 && (
        <ul className={styles.breaches} aria-label="Broken rules">
          {saga.breaches.map((breach) => (
            <li key={`${breach.rule} ${breach.step} ${breach.evidence}`}>
              <b>{rules[breach.rule]}</b> <span className={styles.evidence}>{breach.evidence}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="visually-hidden" aria-live="polite">
        This saga is {saga.state}.
      </p>
    </>
  );
}

const rules = {
  never_compensated: "Never compensated",
  compensated_without_effect: "Compensated without effect",
  effect_twice: "Took effect twice",
  event_after_end: "Event after the end",
  two_ends: "Two different ends",
  out_of_order: "Out of the plan's order",
} as const satisfies Record<Breach["rule"], string>;
