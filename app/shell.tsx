"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { search } from "#app/client/search.ts";
import { useLiveStatus } from "#app/client/use-live.ts";
import { formatCount } from "#components/format.ts";
import { Bar } from "#components/shell/bar.tsx";
import type { Hit } from "#components/shell/finder.tsx";
import { FreshnessMenu } from "#components/shell/freshness-menu.tsx";
import { Palette } from "#components/shell/palette.tsx";

/** The bar and the page under it; the log-in page stands alone. */
export function Shell({ theme, children }: { theme: string | undefined; children: ReactNode }) {
  const { hearing, freshness } = useLiveStatus();
  if (usePathname() === "/login") return children;
  return (
    <>
      <Bar
        theme={theme}
        search={<Palette search={hitsOf} />}
        freshness={<FreshnessMenu hearing={hearing} heard={freshness} />}
      />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

async function hitsOf(text: string, signal: AbortSignal): Promise<readonly Hit[]> {
  const hits = await search(text, signal);
  return hits.map(({ kind, text: title, sagas, href }) => ({
    kind,
    title,
    href,
    detail: sagas === 1 ? "1 saga" : `${formatCount(sagas)} sagas`,
  }));
}
