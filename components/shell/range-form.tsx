"use client";

import { useId, useState } from "react";
import { useClock } from "#components/clock.tsx";
import type { Zone } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { inputValue, readInput } from "#components/time/local-input.ts";
import { amountLabel, moved, presets, type Range, rangeMs, rangePatch } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import { useCopy } from "#components/use-copy.ts";
import styles from "./range-menu.module.css";

/** What the range menu opens: presets, steps through time, from–to, the zone, and a link that stays true tomorrow. */
export function RangeForm({ range, zone, onClose }: { range: Range; zone: Zone; onClose: () => void }) {
  const url = useUrl();
  const { nowMs } = useClock();
  const choose = (next: Range) => {
    url.set(rangePatch(next));
    onClose();
  };
  const step = (way: "earlier" | "later" | "wider") => url.set(rangePatch(moved(range, way, nowMs)));
  return (
    <div className={styles.form}>
      <div className={styles.presets}>
        {presets.map((amount) => (
          <button
            key={amount}
            type="button"
            className={styles.preset}
            aria-pressed={range.kind === "last" && range.amount === amount}
            onClick={() => choose({ kind: "last", amount })}
          >
            {amountLabel(amount)}
          </button>
        ))}
      </div>
      <div className={styles.steps}>
        <button type="button" className="button" onClick={() => step("earlier")}>
          <Icon name="left" /> earlier
        </button>
        <button type="button" className="button" onClick={() => step("wider")}>
          twice as long
        </button>
        <button type="button" className="button" onClick={() => step("later")} disabled={range.kind === "last"}>
          later <Icon name="right" />
        </button>
      </div>
      <Between key={`${JSON.stringify(range)} ${zone}`} range={range} zone={zone} onChoose={choose} />
      <ZoneChoice />
      <CopyLink range={range} />
    </div>
  );
}

function Between({ range, zone, onChoose }: { range: Range; zone: Zone; onChoose: (range: Range) => void }) {
  const { nowMs } = useClock();
  const [first] = useState(() => rangeMs(range, nowMs));
  const [from, setFrom] = useState(inputValue(first.fromMs, zone));
  const [to, setTo] = useState(inputValue(first.toMs, zone));
  const id = useId();
  const [fromMs, toMs] = [readInput(from, zone), readInput(to, zone)];
  const problem =
    Number.isNaN(fromMs) || Number.isNaN(toMs)
      ? "Give both moments."
      : fromMs >= toMs
        ? "The end must come after the beginning."
        : undefined;
  return (
    <form
      className={styles.between}
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) onChoose({ kind: "between", fromMs, toMs });
      }}
    >
      <label htmlFor={`${id}-from`}>From</label>
      <input
        id={`${id}-from`}
        className="field"
        type="datetime-local"
        step="1"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}-to`}>To</label>
      <input
        id={`${id}-to`}
        className="field"
        type="datetime-local"
        step="1"
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <p className="faint" aria-live="polite">
        {problem ?? ""}
      </p>
      <button type="submit" className="button" disabled={problem !== undefined}>
        Show
      </button>
    </form>
  );
}

function ZoneChoice() {
  const url = useUrl();
  const { zone } = useClock();
  return (
    <fieldset className={styles.zones}>
      <legend className="visually-hidden">Zone of all times</legend>
      <button type="button" aria-pressed={zone === "utc"} onClick={() => url.set({ tz: null }, "replace")}>
        UTC
      </button>
      <button type="button" aria-pressed={zone !== "utc"} onClick={() => url.set({ tz: "local" }, "replace")}>
        Local{zone === "utc" ? "" : ` (${zone})`}
      </button>
    </fieldset>
  );
}

function CopyLink({ range }: { range: Range }) {
  const url = useUrl();
  const { nowMs } = useClock();
  const { copied, copy } = useCopy();
  const copyLink = () => {
    const absolute = rangePatch({ kind: "between", ...rangeMs(range, nowMs) });
    return copy(new URL(url.with(absolute), window.location.href).href);
  };
  return (
    <button type="button" className={styles.copy} onClick={copyLink}>
      <Icon name="link" />
      <span aria-live="polite">{copied ? "Copied" : "Copy a link to exactly this time"}</span>
    </button>
  );
}
