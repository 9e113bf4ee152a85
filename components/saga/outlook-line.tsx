"use client";

import { useClock } from "#components/clock.tsx";
import type { SagaDetail } from "#contracts/api/saga.ts";
import styles from "./outlook-line.module.css";
import { limitWords, outlookWords } from "./outlook-words.ts";

/** What its peers say of an open saga: what comes next, when it ends, how likely it fails, and whether it waits too long. */
export function OutlookLine({ saga }: { saga: SagaDetail }) {
  const { nowMs } = useClock();
  const lines = [limitWords(saga, nowMs), outlookWords(saga, nowMs)].filter((line) => line !== "");
  if (lines.length === 0) return null;
  return <p className={styles.line}>{lines.join(" ")}</p>;
}
