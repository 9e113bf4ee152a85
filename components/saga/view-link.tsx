"use client";

import type { ReactNode } from "react";
import type { Patch } from "#components/url/params.ts";
import { useUrl } from "#components/url/use-url.ts";

/** A link to another view of the same page: a plain click changes it in place, any other opens it as a link does. */
export function ViewLink({
  patch,
  className,
  title,
  children,
}: {
  patch: Patch;
  className?: string | undefined;
  title?: string | undefined;
  children: ReactNode;
}) {
  const url = useUrl();
  return (
    <a
      href={url.with(patch)}
      className={className}
      title={title}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        url.set(patch);
      }}
    >
      {children}
    </a>
  );
}
