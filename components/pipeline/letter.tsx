"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { ConfirmButton } from "#components/alerts/action-button.tsx";
import { formatBytes } from "#components/format.ts";
import { Time } from "#components/mark/time.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Bytes, DeadLetterDetail, ReplayRequest } from "#contracts/api/dead-letters.ts";
import styles from "./letter.module.css";
import { LetterEditor } from "./letter-editor.tsx";
import { Value } from "./value.tsx";

/** Everything about a dead letter: its bytes with what is wrong pointed at, its headers, its tries, and the way out. */
export function Letter({
  detail,
  problem,
  replay,
}: {
  detail: DeadLetterDetail;
  problem: string | undefined;
  replay: (request: ReplayRequest) => Promise<void>;
}) {
  const url = useUrl();
  const { letter, value, valueCut, key, headers, messageAt } = detail;
  const isEditing = url.params.get("edit") === "on";
  return (
    <div className={styles.detail}>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div className={styles.main}>
        <p className={styles.reason}>
          <code>{letter.reason}</code> {letter.detail}
        </p>
        {isEditing ? (
          <LetterEditor detail={detail} replay={replay} />
        ) : (
          <>
            <Value value={value} cut={valueCut} bytes={letter.bytes} detail={letter.detail} />
            <Actions detail={detail} replay={replay} />
          </>
        )}
      </div>
      <div className={styles.side}>
        <dl className={styles.facts}>
          <Fact name="Sent">
            <Time at={messageAt} />
          </Fact>
          <Fact name="Size">{formatBytes(letter.bytes)}</Fact>
          <Fact name="Key">{key === null ? <span className="faint">none</span> : <Short bytes={key} />}</Fact>
          {headers.map(({ name, value: bytes }, index) => (
            // A name may come twice; the order is theirs.
            <Fact key={`${name} ${String(index)}`} name={<code>{name}</code>}>
              {bytes === null ? <span className="faint">none</span> : <Short bytes={bytes} />}
            </Fact>
          ))}
        </dl>
        <Tries detail={detail} />
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Short({ bytes: { encoding, content } }: { bytes: Bytes }) {
  return (
    <code className={styles.short}>
      {content === "" ? <span className="faint">empty</span> : content}
      {encoding === "base64" && <span className="faint"> base64</span>}
    </code>
  );
}

function Actions({ detail, replay }: { detail: DeadLetterDetail; replay: (request: ReplayRequest) => Promise<void> }) {
  const url = useUrl();
  const { letter, valueCut } = detail;
  if (letter.state === "replayed" || letter.state === "sending") return null;
  if (detail.notReplayable !== null) return <p className="quiet">{detail.notReplayable}</p>;
  if (!detail.replay.available) return <p className="quiet">It cannot be replayed here. {detail.replay.why}</p>;
  return (
    <div className={styles.actions}>
      {!valueCut && (
        <button type="button" className="button" onClick={() => url.set({ edit: "on" }, "replace")}>
          Edit and replay
        </button>
      )}
      <ConfirmButton
        label="Replay as it is"
        framed
        question={`Send these bytes to ${letter.topic}, partition ${letter.partition}, again?`}
        act={() => replay({})}
      />
    </div>
  );
}

/** Each death and each replay, in the order in which they happened. */
function Tries({ detail: { deaths, replays, stored } }: { detail: DeadLetterDetail }) {
  const url = useUrl();
  const steps = [
    ...deaths.map((death) => ({ at: death.at, key: `died ${death.at} ${death.offset}`, death, replay: undefined })),
    ...replays.map((replay) => ({ at: replay.at, key: replay.id, death: undefined, replay })),
  ].toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
  return (
    <ol className={styles.tries} aria-live="polite">
      {steps.map(({ at, key, death, replay }) => (
        <li key={key}>
          <Time at={at} />
          {death && (
            <span>
              died at <code>{placeOf(death)}</code>, <code>{death.reason}</code>
            </span>
          )}
          {replay && (
            <span>
              {replay.edited ? "edited and " : ""}replayed by {replay.actor}{" "}
              {replay.place && (
                <>
                  to <code>{placeOf(replay.place)}</code>
                </>
              )}
              {replay.stage === "begun" && "and cut short: it may have been sent. Sent again, it counts once."}
              {replay.stage === "refused" && <span className={styles.wrong}>and not taken: {replay.problem}</span>}
              {replay === replays.at(-1) && replay.sagaId !== null && stored === true && (
                <>
                  {" "}
                  and stored:{" "}
                  <Link className={styles.link} href={url.to(`/sagas/${encodeURIComponent(replay.sagaId)}`)}>
                    open its saga
                  </Link>
                </>
              )}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

const placeOf = ({ topic, partition, offset }: { topic: string; partition: number; offset: string }) =>
  `${topic}:${partition}:${offset}`;
