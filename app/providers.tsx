"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { ClockProvider } from "#components/clock.tsx";
import { FreshnessProvider } from "#components/shell/freshness.tsx";

/**
 * What every page stands on: the query cache, the clock and its zone, and the way of freshness up to the bar.
 * `browserZone` is what an earlier visit's cookie says, so that the server's first paint has local times.
 */
export function Providers({
  nowMs,
  browserZone,
  children,
}: {
  nowMs: number;
  browserZone: string | undefined;
  children: ReactNode;
}) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false } } }));
  const zone = useZone(browserZone);
  return (
    <QueryClientProvider client={client}>
      <ClockProvider nowMs={nowMs} zone={zone}>
        <FreshnessProvider>{children}</FreshnessProvider>
      </ClockProvider>
    </QueryClientProvider>
  );
}

function useZone(remembered: string | undefined): string {
  const [browserZone, setBrowserZone] = useState(remembered);
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    setBrowserZone(zone);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing without TLS.
    document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  }, []);
  return useSearchParams().get("tz") === "local" ? (browserZone ?? "utc") : "utc";
}
