import type { Cost } from "#contracts/api/answer.ts";
import type { Problem } from "#contracts/api/problem.ts";
import type { View } from "./view.ts";

/** What a view last said: its answer as JSON under a fingerprint of its content, or the problem that it has. */
export type Told = { kind: "answer"; json: string; print: string } | { kind: "problem"; problem: Problem };

export interface Hub {
  /** Calls `listener` with what the view says, at once where that is known and then at each change. Returns the way out. */
  watch(view: View, listener: (told: Told) => void): () => void;
  /** Views that are being polled. */
  readonly size: number;
}

export interface HubPorts {
  readonly ask: (view: View) => Promise<Cost>;
  /** What is told again only once it changes: a fingerprint of an answer. */
  readonly printOf: (view: View, answer: Cost) => string;
  readonly problemOf: (thrown: unknown) => Problem;
  /** Resolves after `ms`. */
  readonly pause: (ms: number) => Promise<void>;
  readonly everyMs: number;
}

interface Watched {
  readonly view: View;
  readonly listeners: Set<(told: Told) => void>;
  told: Told | undefined;
}

/**
 * Polls the store once per distinct view, however many look, and only while someone does. A slow answer is waited
 * for, never overtaken.
 */
export function createHub({ ask, printOf, problemOf, pause, everyMs }: HubPorts): Hub {
  const watched = new Map<string, Watched>();

  const poll = async (entry: Watched) => {
    while (entry.listeners.size > 0) {
      const told = await ask(entry.view).then(
        (answer): Told => ({ kind: "answer", json: JSON.stringify(answer), print: printOf(entry.view, answer) }),
        (error: unknown): Told => ({ kind: "problem", problem: problemOf(error) }),
      );
      if (!isSame(told, entry.told)) {
        entry.told = told;
        for (const listener of entry.listeners) listener(told);
      }
      await pause(everyMs);
    }
    if (watched.get(entry.view.key) === entry) watched.delete(entry.view.key);
  };

  return {
    get size() {
      return watched.size;
    },
    watch(view, listener) {
      const known = watched.get(view.key);
      const entry = known ?? { view, listeners: new Set(), told: undefined };
      entry.listeners.add(listener);
      if (known?.told) listener(known.told);
      if (!known) {
        watched.set(view.key, entry);
        void poll(entry);
      }
      return () => void entry.listeners.delete(listener);
    },
  };
}

function isSame(a: Told, b: Told | undefined): boolean {
  if (a.kind === "answer") return b?.kind === "answer" && a.print === b.print;
  return b?.kind === "problem" && a.problem.type === b.problem.type;
}
