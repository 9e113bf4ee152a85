"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Icon } from "#components/icon.tsx";
import { useUrl } from "#components/url/use-url.ts";
import { pages } from "./pages.ts";
import styles from "./palette.module.css";

/** Something that a search found: what it is, its name, what tells it apart, and where it opens. */
export interface Hit {
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly href: string;
}

export type Search = (text: string, signal: AbortSignal) => Promise<readonly Hit[]>;

/** The field, and what is found under what is typed into it. */
export function Finder({ search, onDone }: { search: Search; onDone: () => void }) {
  const router = useRouter();
  const id = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const { found, state } = useFound(text, search);
  const hits = [...useWays(text), ...found];
  const at = Math.min(chosen, hits.length - 1);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onDone();
    router.push(hit.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") go(hits[at]);
    if (step === 0) return;
    event.preventDefault();
    setChosen((at + step + hits.length) % Math.max(1, hits.length));
  };
  return (
    <div className={styles.finder}>
      <div className={styles.ask}>
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here.
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={`${id}-hits`}
          aria-activedescendant={hits.length > 0 ? `${id}-${at}` : undefined}
          aria-label="Search sagas, traces, labels and pages"
          placeholder="Saga id, trace id, order, customer, error, page"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>esc</kbd>
      </div>
      <div role="listbox" id={`${id}-hits`} aria-label="Found" className={styles.hits}>
        {hits.map((hit, index) => (
          <div
            key={`${hit.kind} ${hit.href}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.hit}
            ref={index === at ? (node) => node?.scrollIntoView({ block: "nearest" }) : undefined}
            onPointerMove={() => setChosen(index)}
            onClick={() => go(hit)}
            onKeyDown={onKeyDown}
          >
            <span className={styles.kind}>{hit.kind}</span>
            <span className={styles.title}>{hit.title}</span>
            <span className={styles.detail}>{hit.detail}</span>
          </div>
        ))}
        <p className={styles.note} aria-live="polite">
          {noteOf(text, state, found.length)}
        </p>
      </div>
    </div>
  );
}

type FindState = "idle" | "asking" | "answered" | "failed";

function noteOf(text: string, state: FindState, found: number): string {
  if (text.trim() === "") return "Type an id, a label’s value or an error. ↑ ↓ choose, ↵ opens.";
  if (state === "asking") return "Searching …";
  if (state === "failed") return "The search was not answered. Type on to try again.";
  return found === 0
    ? `Nothing is stored under “${text.trim()}”. Whole ids and label values are found, and their beginnings.`
    : "";
}

/** Asks once the typing rests; an older answer never overtakes a newer one. */
function useFound(text: string, search: Search): { found: readonly Hit[]; state: FindState } {
  const [answer, setAnswer] = useState<{ found: readonly Hit[]; state: FindState }>({ found: [], state: "idle" });
  useEffect(() => {
    if (text.trim() === "") return setAnswer({ found: [], state: "idle" });
    const abort = new AbortController();
    setAnswer(({ found }) => ({ found, state: "asking" }));
    const timer = setTimeout(async () => {
      try {
        const found = await search(text.trim(), abort.signal);
        if (!abort.signal.aborted) setAnswer({ found, state: "answered" });
      } catch {
        if (!abort.signal.aborted) setAnswer({ found: [], state: "failed" });
      }
    }, 120);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [text, search]);
  return answer;
}

function useWays(text: string): readonly Hit[] {
  const url = useUrl();
  const asked = text.trim().toLowerCase();
  return pages
    .filter(({ name }) => name.toLowerCase().startsWith(asked))
    .map(({ name, path, key }) => ({ kind: "page", title: name, detail: `g ${key}`, href: url.to(path) }));
}
