"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { hrefOf, type Patch, staying, withPatch } from "./params.ts";

export interface Url {
  readonly path: string;
  readonly params: URLSearchParams;
  /** Changes this page's address without a round trip to the server; `push` makes a step that Back undoes. */
  set(patch: Patch, how?: "push" | "replace"): void;
  /** This page's address after a patch. */
  with(patch: Patch): string;
  /** Another page's address, at the same time and zone. */
  to(path: string, patch?: Patch): string;
}

/** The page's state: its address. */
export function useUrl(): Url {
  const path = usePathname();
  const readOnly = useSearchParams();
  const params = useMemo(() => new URLSearchParams(readOnly), [readOnly]);
  const set = useCallback(
    (patch: Patch, how: "push" | "replace" = "push") => {
      const href = hrefOf(path, withPatch(new URLSearchParams(window.location.search), patch));
      if (how === "push") window.history.pushState(null, "", href);
      else window.history.replaceState(null, "", href);
    },
    [path],
  );
  return useMemo(
    () => ({
      path,
      params,
      set,
      with: (patch) => hrefOf(path, withPatch(params, patch)),
      to: (other, patch = {}) => hrefOf(other, withPatch(staying(params), patch)),
    }),
    [path, params, set],
  );
}
