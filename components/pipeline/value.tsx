"use client";

import { type ReactNode, useMemo } from "react";
import { formatBytes } from "#components/format.ts";
import { useUrl } from "#components/url/use-url.ts";
import { useCopy } from "#components/use-copy.ts";
import type { Bytes } from "#contracts/api/dead-letters.ts";
import { hexRows, toBytes } from "./hex-rows.ts";
import { issuesIn, jsonLines } from "./json-lines.ts";
import styles from "./letter.module.css";

const rowsShown = 256;
const textShown = 64_000;

/** A message's value: JSON with what is wrong pointed at, else its text, or its bytes in hex. */
export function Value({
  value,
  cut,
  bytes,
  detail,
}: {
  value: Bytes | null;
  cut: boolean;
  bytes: number;
  detail: string;
}) {
  const url = useUrl();
  const { copied, copy } = useCopy();
  if (value === null)
    return (
      <p className="quiet">The message has no value, or one that was too large to be read: its reason says which.</p>
    );
  const isHex = value.encoding === "base64" || url.params.get("view") === "hex";
  return (
    <div>
      <div className={styles.tools}>
        {value.encoding === "text" && (
          <button
            type="button"
            className={styles.tool}
            aria-pressed={isHex}
            onClick={() => url.set({ view: isHex ? null : "hex" }, "replace")}
          >
            Hex
          </button>
        )}
        <button type="button" className={styles.tool} onClick={() => copy(value.content)}>
          <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
        </button>
        {value.encoding === "base64" && <span className="faint">not UTF-8; copied in base64</span>}
        {cut && (
          <span className="faint">
            the first {formatBytes(value.content.length)} of {formatBytes(bytes)}
          </span>
        )}
      </div>
      {isHex ? <Hex value={value} /> : <Text text={value.content} detail={detail} />}
    </div>
  );
}

function Text({ text, detail }: { text: string; detail: string }) {
  const lines = useMemo(
    () => (text.length > textShown ? undefined : jsonLines(text, issuesIn(detail))),
    [text, detail],
  );
  if (text === "") return <p className="quiet">The value is empty.</p>;
  if (!lines) {
    const at = Number(/at position (\d+)/.exec(detail)?.[1] ?? Number.NaN);
    return <Raw text={text.slice(0, textShown)} at={at} />;
  }
  return (
    <Shown label="The message">
      {lines.map((line, index) => (
        <span key={`${String(index)} ${line.text}`} className={styles.line} data-wrong={line.wrong !== undefined}>
          {line.text}
          {line.wrong !== undefined && <em className={styles.said}>{` ← ${line.wrong}`}</em>}
          {"\n"}
        </span>
      ))}
    </Shown>
  );
}

/** Text that is no JSON, with a mark where the reader gave up. */
function Raw({ text, at }: { text: string; at: number }) {
  const known = Number.isInteger(at) && at < text.length;
  return (
    <Shown label="The message" wraps>
      {known ? text.slice(0, at) : text}
      {known && <mark className={styles.here}>{text.slice(at, at + 1)}</mark>}
      {known && text.slice(at + 1)}
    </Shown>
  );
}

function Hex({ value }: { value: Bytes }) {
  const rows = useMemo(() => hexRows(toBytes(value), rowsShown), [value]);
  return (
    <Shown label="The message in hex">
      {rows.map(({ at, hex, text }) => (
        <span key={at}>
          <span className="faint">{at}</span>
          {`  ${hex.padEnd(48)} ${text}\n`}
        </span>
      ))}
    </Shown>
  );
}

/** What scrolls within itself, by keys too. */
function Shown({ label, wraps = false, children }: { label: string; wraps?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className={styles.value} aria-label={label} tabIndex={0}>
      <pre className={wraps ? styles.wraps : undefined}>{children}</pre>
    </section>
  );
}
