import type { Freshness } from "#contracts/api/answer.ts";
import type { Problem } from "#contracts/api/problem.ts";
import type { StreamEvents } from "#contracts/api/stream.ts";

/** How the page hears of news: by its stream, not at all because nothing is to be heard, or not since it broke. */
export type Hearing = "live" | "paused" | "broken";

export interface LiveStatus {
  readonly hearing: Hearing;
  /** As of the last second; undefined before the stream has spoken. */
  readonly freshness: Freshness | undefined;
}

export interface LiveListener {
  answer(content: unknown): void;
  problem(problem: Problem): void;
}

/** The page's one event stream: its views are those that the page listens to. Closed while the page is hidden. */
const listeners = new Map<string, Set<LiveListener>>();
const watchers = new Set<() => void>();
let status: LiveStatus = { hearing: "paused", freshness: undefined };
let source: EventSource | undefined;
let openViews = "";
let scheduled = false;

/** Hears of each change of this view until the returned way out is taken. */
export function listen(path: string, listener: LiveListener): () => void {
  const own = listeners.get(path) ?? new Set();
  listeners.set(path, own.add(listener));
  schedule();
  return () => {
    own.delete(listener);
    if (own.size === 0 && listeners.get(path) === own) listeners.delete(path);
    schedule();
  };
}

export const liveStatus = (): LiveStatus => status;

export function watchStatus(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => void watchers.delete(onChange);
}

// A page's views come and go together: one stream for all of them, not one for each.
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    reopen();
  }, 20);
}

function reopen(): void {
  const views = document.visibilityState === "hidden" ? [] : [...listeners.keys()].sort();
  const wanted = new URLSearchParams(views.map((view) => ["view", view])).toString();
  if (wanted === openViews && source?.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = undefined;
  openViews = wanted;
  if (views.length === 0) report({ hearing: "paused" });
  else source = open(`/api/v1/stream?${wanted}`);
}

function open(url: string): EventSource {
  const opened = new EventSource(url);
  opened.addEventListener("open", () => report({ hearing: "live" }));
  opened.addEventListener("error", () => {
    if (source !== opened) return;
    report({ hearing: "broken" });
    // A refusal closes the stream for good; the browser only comes back by itself after a break.
    if (opened.readyState === EventSource.CLOSED) setTimeout(schedule, 3000);
  });
  opened.addEventListener("view", (event) => {
    const { view, answer } = JSON.parse(event.data) as StreamEvents["view"];
    for (const listener of listeners.get(view) ?? []) listener.answer(answer);
  });
  opened.addEventListener("problem", (event) => {
    const { view, problem } = JSON.parse(event.data) as StreamEvents["problem"];
    // Without a view it is the freshness itself that nobody knows: what stands on the page may be old.
    if (view === null) return report({ hearing: "broken" });
    for (const listener of listeners.get(view) ?? []) listener.problem(problem);
  });
  opened.addEventListener("freshness", (event) => {
    report({ hearing: "live", freshness: JSON.parse(event.data) as StreamEvents["freshness"] });
  });
  return opened;
}

function report(change: Partial<LiveStatus>): void {
  status = { ...status, ...change };
  for (const onChange of watchers) onChange();
}

if (typeof document !== "undefined") document.addEventListener("visibilitychange", schedule);
