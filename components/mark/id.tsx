"use client";

import { useState } from "react";
import { cutId } from "#components/format.ts";
import styles from "./id.module.css";

/** An id, cut in its middle, whole on hover, copied by a click. */
export function Id({ id, whole = false }: { id: string; whole?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  return (
    <button type="button" className={styles.id} title={`${id} (click to copy)`} onClick={copy}>
      {whole ? id : cutId(id)}
      <span aria-live="polite" className={copied ? styles.copied : "visually-hidden"}>
        {copied ? "copied" : ""}
      </span>
    </button>
  );
}
