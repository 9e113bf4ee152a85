"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};
const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys that open the search, as this keyboard names them. */
export function SearchKeys() {
  return useSyncExternalStore(never, isApple, () => false) ? "⌘K" : "Ctrl K";
}
