"use client";

import { useCallback, useState } from "react";

export type ActionState =
  | { readonly kind: "idle" }
  | { readonly kind: "running" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly problem: string };

/** Runs something that takes a while and says how it went; a second press while it runs does nothing. */
export function useAction<Args extends readonly unknown[]>(act: (...args: Args) => Promise<void>) {
  const [state, setState] = useState<ActionState>({ kind: "idle" });
  const run = useCallback(
    async (...args: Args) => {
      setState({ kind: "running" });
      try {
        await act(...args);
        setState({ kind: "done" });
      } catch (error) {
        setState({ kind: "failed", problem: error instanceof Error ? error.message : String(error) });
      }
    },
    [act],
  );
  return { state, run };
}
