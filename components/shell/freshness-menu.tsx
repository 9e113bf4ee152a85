"use client";

import Link from "next/link";
import { useClock } from "#components/clock.tsx";
import { formatAge, formatCount, formatDuration } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { Time } from "#components/mark/time.tsx";
import { Popover } from "#components/popover.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Freshness } from "#contracts/api/answer.ts";
import bar from "./bar.module.css";
import { type Hearing, useReportedFreshness } from "./freshness.tsx";
import styles from "./freshness-menu.module.css";
import { ingestLagMs, warningOf } from "./lag.ts";

const words = { live: "live", paused: "paused", broken: "reconnecting" } as const satisfies Record<Hearing, string>;

/** Whether the page is live, and how old its newest event is; amber when events come late. `heard` came by the stream. */
export function FreshnessMenu({ hearing, heard }: { hearing: Hearing; heard: Freshness | undefined }) {
  const url = useUrl();
  const { nowMs } = useClock();
  const reported = useReportedFreshness();
  const freshness = heard ?? reported;
  // Before the stream has spoken there is nothing to say against it.
  const shown: Hearing = url.params.get("live") === "off" ? "paused" : hearing === "paused" ? "live" : hearing;
  const warning = freshness && warningOf(freshness);
  const lag = freshness && ingestLagMs(freshness);
  const newest = freshness?.newestEventAt;
  return (
    <div
      className={styles.group}
      data-hearing={shown}
      data-known={freshness !== undefined}
      data-warning={warning !== undefined}
    >
      <button
        type="button"
        className={`${bar.tool} ${styles.switch}`}
        aria-pressed={shown !== "paused"}
        title={shown === "paused" ? "Paused. Press to go on." : "Live. Press to pause."}
        onClick={() => url.set({ live: shown === "paused" ? null : "off" }, "replace")}
      >
        {shown === "paused" ? <Icon name="pause" /> : <span className={styles.dot} aria-hidden />}
        <span className={styles.word}>{words[shown]}</span>
      </button>
      <Popover
        label="How fresh this page is"
        align="end"
        className={`${bar.tool} ${styles.age}`}
        button={
          <span title="since the newest event">
            {warning === "behind" && lag ? `${formatDuration(lag)} behind` : newest ? shortAge(newest, nowMs) : "–"}
          </span>
        }
      >
        {(close) => (
          <>
            <dl className={styles.facts}>
              <dt>Newest event</dt>
              <dd>{newest ? <Time at={newest} /> : "none yet"}</dd>
              <dt>Ingest lag</dt>
              <dd data-warning={warning === "behind"}>{lag == null ? "–" : formatDuration(lag)}</dd>
              <dt>Dead letters</dt>
              <dd data-warning={(freshness?.deadLetters ?? 0) > 0}>{formatCount(freshness?.deadLetters ?? 0)}</dd>
              <dt>Store asked</dt>
              <dd>{freshness ? <Time at={freshness.askedAt} /> : "–"}</dd>
            </dl>
            <Link className={styles.way} href={url.to("/pipeline")} onClick={close}>
              Pipeline: lag, balance, dead letters
            </Link>
          </>
        )}
      </Popover>
    </div>
  );
}

/** `0.4 s` while it is news, then coarser. */
function shortAge(at: string, nowMs: number): string {
  const age = nowMs - Date.parse(at);
  return age < 1000 ? "now" : formatAge(Date.parse(at), nowMs);
}
