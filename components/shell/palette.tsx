"use client";

import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { Icon } from "#components/icon.tsx";
import bar from "./bar.module.css";
import type { Search } from "./finder.tsx";
import styles from "./palette.module.css";
import { SearchKeys } from "./search-keys.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

const Finder = dynamic(async () => (await import("./finder.tsx")).Finder, { ssr: false });

/** Search over everything, and the ways to the pages: opened by its button, `/` or ⌘K. */
export function Palette({ search }: { search: Search }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [opened, setOpened] = useState(0);
  const open = () => {
    if (dialog.current?.open) return;
    setOpened((count) => count + 1);
    dialog.current?.showModal();
  };
  useShortcuts(open);
  return (
    <>
      <button
        type="button"
        className={`${bar.tool} ${styles.opener}`}
        aria-keyshortcuts="Meta+K Control+K /"
        onClick={open}
      >
        <Icon name="search" />
        <span className={styles.word}>Search</span>
        <kbd className={styles.word}>
          <SearchKeys />
        </kbd>
        <span className="visually-hidden">sagas, traces, labels and pages</span>
      </button>
      <dialog
        ref={dialog}
        className={styles.dialog}
        aria-label="Search"
        // A press on the backdrop lands on the dialog itself.
        onPointerDown={(event) => event.target === dialog.current && dialog.current.close()}
      >
        {opened > 0 && <Finder key={opened} search={search} onDone={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}
