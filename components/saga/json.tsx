"use client";

import { type ReactNode, useState } from "react";
import styles from "./json.module.css";

/** A value as indented JSON, keys quieter than values, with a button that copies it. */
export function Json({ value }: { value: unknown }) {
  const [copied, setCopied] = useState(false);
  const text = JSON.stringify(value, null, 2);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  return (
    <div className={styles.json}>
      <button type="button" className={styles.copy} onClick={copy}>
        {copied ? "copied" : "copy"}
      </button>
      <pre>{text.split("\n").map((line, index) => colored(line, index))}</pre>
    </div>
  );
}

function colored(line: string, index: number): ReactNode {
  const key = /^(\s*)("(?:[^"\\]|\\.)*": )(.*)$/.exec(line);
  if (!key)
    return (
      <span key={index}>
        {line}
        {"\n"}
      </span>
    );
  return (
    <span key={index}>
      {key[1]}
      <span className={styles.key}>{key[2]}</span>
      {key[3]}
      {"\n"}
    </span>
  );
}
