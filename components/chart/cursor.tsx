"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

interface Cursor {
  /** The moment under the pointer, ms since the epoch, or null. */
  readonly atMs: number | null;
  readonly move: (atMs: number | null) => void;
}

const Shared = createContext<Cursor>({ atMs: null, move: () => {} });

/** One cursor for all charts of a page. */
export function CursorProvider({ children }: { children: ReactNode }) {
  const [atMs, move] = useState<number | null>(null);
  const cursor = useMemo(() => ({ atMs, move }), [atMs]);
  return <Shared value={cursor}>{children}</Shared>;
}

export const useCursor = () => useContext(Shared);
