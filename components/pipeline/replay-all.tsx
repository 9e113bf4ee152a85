"use client";

import { useState } from "react";
import { ConfirmButton } from "#components/alerts/action-button.tsx";

import styles from "./pipeline.module.css";
import { type ReplayFilter, type Replaying, type ReplaySome, replayEvery } from "./replay-every.ts";

/** Sends all letters again that match and wait for somebody, once the operator has said yes to their number. */
export function ReplayAll({ waiting, filter, replay }: { waiting: number; filter: ReplayFilter; replay: ReplaySome }) {
  const [running, setRunning] = useState<number>();
  const [come, setCome] = useState<Replaying>();
  // The list goes on meanwhile.
  const most = running ?? waiting;
  const act = async () => {
    setRunning(most);
    try {
      for await (const sum of replayEvery(filter, { most, replay })) setCome(sum);
    } finally {
      setRunning(undefined);
    }
  };
  if (most === 0 && !come) return null;
  const messages = most === 1 ? "1 message" : `${written(most)} messages`;
  return (
    <div className={styles.replayAll}>
      {most > 0 && (
        <ConfirmButton
          label={`Replay all ${written(most)} that match`}
          framed
          question={`Send ${messages} again as ${most === 1 ? "it was, to its" : "they were, each to its own"} topic and partition?`}
          act={act}
        />
      )}
      <span role="status" className="quiet">
        {come && wordsOf(come, running)}
      </span>
    </div>
  );
}

function wordsOf({ replayed, already, failed, stopped, problem }: Replaying, running: number | undefined): string {
  const done = replayed + already + failed;
  if (running !== undefined && stopped === null) return `${written(done)} of ${written(running)}`;
  const parts = [
    `${written(replayed)} replayed`,
    ...(already > 0 ? [`${written(already)} not, since nobody has to any more`] : []),
    ...(failed > 0 ? [`${written(failed)} failed`] : []),
  ];
  const why = stopped ?? problem;
  return `${parts.join(", ")}${why === undefined ? "." : `: ${why}`}`;
}

/** Whole: it is what is agreed to. */
const written = (count: number): string => count.toLocaleString("en-US");
