"use client";

import { useClock } from "#components/clock.tsx";
import { formatTime } from "#components/format.ts";
import { ruleWords } from "#components/mark/rule-words.ts";
import type { SagaDetail } from "#contracts/api/saga.ts";
import { sentenceOf } from "#sagas/sentence.ts";
import { Residuals } from "./residuals.tsx";
import styles from "./sentence.module.css";

/**
 * What happened to this saga, in words; what is still held; and every other consistency rule that it broke, with its
 * evidence.
 */
export function Sentence({ saga }: { saga: SagaDetail }) {
  const { nowMs, zone } = useClock();
  // Said anew here, so that "since" moves on with the clock and speaks the page's zone.
  const sentence = sentenceOf(saga, { nowMs, clock: (ms) => formatTime(ms, zone, { nowMs, precise: false }) });
  // A step that is still held says by its row that it was never compensated.
  const held = new Set(saga.residuals.map(({ step }) => step));
  const breaches = saga.breaches.filter(({ rule, step }) => rule !== "never_compensated" || !held.has(step ?? ""));
  return (
    <>
      <p className={styles.sentence}>{sentence}</p>
      <Residuals saga={saga} />
      {breaches.length > 0 && (
        <ul className={styles.breaches} aria-label="Broken rules">
          {breaches.map((breach) => (
            <li key={`${breach.rule} ${breach.step} ${breach.evidence}`}>
              <b>{ruleWords[breach.rule]}</b> <span className={styles.evidence}>{breach.evidence}</span>
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
