"use client";

import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { formatCount } from "#components/format.ts";
import { useUrl } from "#components/url/use-url.ts";
import styles from "./tabs.module.css";

export const tabNames = ["timeline", "trace", "logs", "events"] as const;
export type TabName = (typeof tabNames)[number];

/** Which tab the URL asks for. */
export const readTab = (params: URLSearchParams): TabName =>
  tabNames.find((name) => name === params.get("tab")) ?? "timeline";

const words = { timeline: "Timeline", trace: "Trace", logs: "Logs", events: "Events" } as const;

/** The tabs of a saga and what the chosen one shows; arrow keys, Home and End move between them. */
export function Tabs({
  counts,
  children,
}: {
  /** How many there are behind a tab, as text when it is not exact; none while not known. */
  counts: Partial<Record<TabName, number | string>>;
  children: ReactNode;
}) {
  const url = useUrl();
  const tab = readTab(url.params);
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const index = tabNames.indexOf(tab);
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabNames.at(to % tabNames.length) ?? "timeline";
    choose(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  const choose = (name: TabName) => url.set({ tab: name === "timeline" ? null : name });
  return (
    <>
      <div ref={list} role="tablist" aria-label="Views of this saga" className={styles.tabs}>
        {tabNames.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls="tab-panel"
            tabIndex={name === tab ? 0 : -1}
            onClick={() => choose(name)}
            onKeyDown={move}
          >
            {words[name]}
            {name !== "timeline" && <span className={styles.count}>{countText(counts[name])}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} className={styles.panel}>
        {children}
      </div>
    </>
  );
}

const countText = (count: number | string | undefined) => (typeof count === "number" ? formatCount(count) : count);
