"use client";

import { useEffect, useRef, useState } from "react";
import { ConfirmButton } from "#components/alerts/action-button.tsx";

import styles from "./pipeline.module.css";
import { type Agreed, type ReplayFilter, type Replaying, type ReplaySome, replayEvery } from "./replay-every.ts";

/** Sends all letters again that match and wait for somebody, once the operator has said yes to their number; until it is taken away. */
export function ReplayAll({
  waiting,
  countedBefore,
  filter,
  replay,
}: {
  waiting: number;
  /** All of those died before this. ISO 8601. */
  countedBefore: string;
  filter: ReplayFilter;
  replay: ReplaySome;
}) {
  // The list goes on while the question stands.
  const [agreed, setAgreed] = useState<Agreed>();
  const [isRunning, setIsRunning] = useState(false);
  const [come, setCome] = useState<Replaying>();
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const most = agreed?.most ?? waiting;
  const act = async () => {
    if (!agreed) return;
    setIsRunning(true);
    try {
      for await (const sum of replayEvery(filter, { ...agreed, replay })) {
        if (!isThere.current) return;
        setCome(sum);
      }
    } finally {
      setIsRunning(false);
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
          onAsk={(isAsked) => setAgreed(isAsked ? { most: waiting, before: countedBefore } : undefined)}
        />
      )}
      <span role="status" className="quiet">
        {come && wordsOf(come, isRunning ? most : undefined)}
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
