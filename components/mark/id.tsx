"use client";

import { cutId } from "#components/format.ts";
import { useCopy } from "#components/use-copy.ts";
import styles from "./id.module.css";

/** An id, cut in its middle, whole on hover, copied by a click. */
export function Id({ id, whole = false }: { id: string; whole?: boolean }) {
  const { copied, copy } = useCopy();
  return (
    <button type="button" className={styles.id} title={`${id} (click to copy)`} onClick={() => copy(id)}>
      {whole ? id : cutId(id)}
      <span aria-live="polite" className={copied ? styles.copied : "visually-hidden"}>
        {copied ? "copied" : ""}
      </span>
    </button>
  );
}
