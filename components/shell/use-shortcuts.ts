"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useUrl } from "#components/url/use-url.ts";
import { pages } from "./pages.ts";

/** `/` and ⌘K search; `g` and a page's letter goes there. Nothing is heard while one types. */
export function useShortcuts(openSearch: () => void) {
  const router = useRouter();
  const url = useUrl();
  const pendingGo = useRef(false);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        return openSearch();
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const page = pendingGo.current ? pages.find(({ key }) => key === event.key) : undefined;
      pendingGo.current = event.key === "g" && !pendingGo.current;
      if (page) return router.push(url.to(page.path));
      if (event.key === "/") {
        event.preventDefault();
        openSearch();
      }
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [openSearch, router, url]);
}

/** Whether keys belong to a field that has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
