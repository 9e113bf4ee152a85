"use client";

import { type KeyboardEvent, useId, useState } from "react";
import { addChip, type Chip, parseChips, readChips, removeChip, withChips } from "#components/filter/chips.ts";
import { formatDuration } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { hrefOf } from "#components/url/params.ts";
import { useUrl } from "#components/url/use-url.ts";
import styles from "./filter-box.module.css";

// What has its own switch in sight needs no second one here.
const inSight = new Set(["state", "verdict"]);

/** What a chip is called where not as in the address. */
const names: Partial<Record<Chip["key"], string>> = {
  q: "text",
  minMs: "took from",
  maxMs: "took below",
  serviceVersion: "service’s version",
  waitsIn: "waits in",
  failedStep: "failed step",
  residual: "left done",
};

const shownOf = ({ key, value }: Chip) =>
  key === "minMs" || key === "maxMs" ? formatDuration(Number(value)) : value || "none";

/** The filters as chips, and a field whose text becomes chips on Enter. */
export function FilterBox() {
  const url = useUrl();
  const id = useId();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const chips = readChips(url.params);
  const write = (next: readonly Chip[]) =>
    window.history.pushState(null, "", hrefOf(url.path, withChips(url.params, next)));
  const shown = chips.filter(({ key }) => !inSight.has(key));
  const take = () => {
    const parsed = parseChips(text);
    if (parsed.kind === "problem") return setProblem(parsed.problem);
    setText("");
    if (parsed.chips.length > 0) write(parsed.chips.reduce(addChip, chips));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = shown.at(-1);
    if (event.key === "Enter") take();
    else if (event.key === "Backspace" && text === "" && last) write(removeChip(chips, last));
  };
  return (
    <div className={styles.wrap}>
      <div className={styles.box}>
        <Icon name="search" />
        {shown.map((chip) => (
          <span key={`${chip.key} ${chip.value}`} className={styles.chip}>
            <span className="faint">{names[chip.key] ?? chip.key}</span> {shownOf(chip)}
            <button
              type="button"
              aria-label={`Remove ${chip.key} ${chip.value || "none"}`}
              onClick={() => write(removeChip(chips, chip))}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
        <input
          value={text}
          aria-label="Filter sagas"
          aria-describedby={`${id}-problem`}
          aria-invalid={problem !== undefined}
          placeholder={
            shown.length === 0
              ? "Filter by id, orderId=123, error:card_declined, step:charge-payment or any text"
              : "and …"
          }
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
          onKeyDown={onKeyDown}
        />
        {chips.length > 0 && (
          <button type="button" className={styles.clear} onClick={() => write([])}>
            Clear all
          </button>
        )}
      </div>
      <p id={`${id}-problem`} className={styles.problem} aria-live="polite">
        {problem}
      </p>
    </div>
  );
}
