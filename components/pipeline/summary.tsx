"use client";

import { formatBytes, formatCount } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Time } from "#components/mark/time.tsx";
import { Total, Totals } from "#components/totals.tsx";
import type { DeadLetterList } from "#contracts/api/dead-letters.ts";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import { ageWords } from "./age-words.ts";
import styles from "./pipeline.module.css";

/** The pipeline in five numbers, and whether they add up. */
export function Summary({ pipeline, letters }: { pipeline: Pipeline; letters: DeadLetterList | undefined }) {
  const { partitions, duplicates, tables, kafka } = pipeline;
  const lag = partitions.reduce((sum, one) => sum + (one.lag ?? 0), 0);
  const oldest = partitions
    .flatMap(({ oldestWaiting }) => oldestWaiting ?? [])
    .toSorted((a, b) => b.fromMs - a.fromMs)[0];
  const waiting = letters ? (letters.facets.state.dead ?? 0) + (letters.facets.state.interrupted ?? 0) : undefined;
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const raw = tables.reduce((sum, table) => sum + table.rawBytes, 0);
  return (
    <div className={styles.summary}>
      <Totals columns={5}>
        <Total
          name="lag"
          value={kafka.available ? <Count count={lag} /> : "–"}
          note={kafka.available ? (oldest ? `messages; the oldest ${ageWords(oldest)}` : "messages wait") : "unknown"}
          loud={oldest !== undefined && oldest.fromMs >= behindMs}
        />
        <Total
          name="dead letters"
          value={waiting === undefined ? "–" : <Count count={waiting} />}
          note="wait for somebody, in this time"
          loud={(waiting ?? 0) > 0}
        />
        <Total
          name="duplicates"
          value={<>≥ {formatCount(duplicates.count)}</>}
          note={
            <>
              of {formatCount(duplicates.rows)} rows stored since{" "}
              <Time at={duplicates.from} age={false} precise={false} />
            </>
          }
        />
        <Total
          name="lost"
          value={<Count count={pipeline.balance.reduce((sum, { lost }) => sum + lost, 0)} />}
          note="messages in gaps, ever"
          loud={pipeline.balance.some(({ lost }) => lost > 0)}
        />
        <Total
          name="on disk"
          value={formatBytes(bytes)}
          note={bytes === 0 ? "nothing yet" : `${(raw / bytes).toFixed(1)} × smaller than raw`}
        />
      </Totals>
      <Balance pipeline={pipeline} />
    </div>
  );
}

/** From here on, waiting is being behind. */
const behindMs = 10_000;

/** Messages in = rows stored + dead + lost, of saga events since they were first read. */
function Balance({ pipeline: { balance, duplicates } }: { pipeline: Pipeline }) {
  if (balance.length === 0) return <p className="quiet">No saga event has come in yet.</p>;
  const sum = (key: "messages" | "stored" | "dead" | "lost" | "balance") =>
    balance.reduce((all, one) => all + one[key], 0);
  // One partition's surplus must not hide another's shortage.
  const isEven = balance.every((one) => one.balance === 0);
  const exact = (count: number) => count.toLocaleString("en-US");
  return (
    <p className={styles.balance} data-even={isEven}>
      <span>{isEven ? "✓" : "✕"}</span>{" "}
      <span className={styles.equation}>
        <b>{exact(sum("messages"))}</b> messages in = <b>{exact(sum("stored"))}</b> stored + <b>{exact(sum("dead"))}</b>{" "}
        dead + <b>{exact(sum("lost"))}</b> lost
        {isEven ? "" : `, but for ${exact(sum("balance"))}`}
      </span>{" "}
      <span className="faint">
        ·{" "}
        {isEven
          ? `Balance 0, of saga events since they were first read. Among the stored, duplicates (≥ ${exact(duplicates.count)}) count once everywhere.`
          : "The balance should be 0. A topic that was made anew, or one with transactions, looks like this; else report it."}
      </span>
    </p>
  );
}
