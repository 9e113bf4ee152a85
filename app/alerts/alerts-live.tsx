"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, tell } from "#app/client/ask.ts";
import { useLive } from "#app/client/use-live.ts";
import type { AlertActions } from "#components/alerts/actions.ts";
import { AlertsView } from "#components/alerts/alerts-view.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Alerts, WebhookSecret } from "#contracts/api/alerts.ts";
import type { FreshnessAnswer } from "#contracts/api/freshness.ts";

const root = "/api/v1/alerts";
const everyMs = 2000;

/** The page. Rules live in another store than sagas, which has no stream: while live, it asks again every two seconds. */
export function AlertsLive({
  first,
  types,
}: {
  first: { data: Alerts | undefined; problem: string | undefined };
  types: readonly string[];
}) {
  const { params } = useUrl();
  // Rules are as good as the events they count.
  useReportFreshness(useLive<FreshnessAnswer>("/api/v1/freshness").data?.freshness);
  const client = useQueryClient();
  const query = useQuery({
    queryKey: [root],
    queryFn: ({ signal }) => ask<Alerts>(root, { signal }),
    ...(first.data ? { initialData: first.data } : {}),
    refetchInterval: params.get("live") === "off" ? false : everyMs,
    retry: false,
  });
  const actions = useMemo((): AlertActions => {
    const after = async (done: Promise<void>) => {
      await done;
      await client.invalidateQueries({ queryKey: [root] });
    };
    return {
      create: (rule) => after(tell("POST", `${root}/rules`, rule)),
      change: (id, rule) => after(tell("PUT", `${root}/rules/${id}`, rule)),
      remove: (id) => after(tell("DELETE", `${root}/rules/${id}`)),
      sendTest: (id) => after(tell("POST", `${root}/rules/${id}/test`)),
      replay: (id) => after(tell("POST", `${root}/deliveries/${id}/replay`)),
      secret: () => ask<WebhookSecret>(`${root}/secret`),
      rotateSecret: async () => {
        await tell("POST", `${root}/secret`);
        return await ask<WebhookSecret>(`${root}/secret`);
      },
    };
  }, [client]);
  const problem = query.error?.message ?? (query.data ? undefined : first.problem);
  const failed = query.data === undefined && problem !== undefined;
  return (
    <AlertsView alerts={query.data} types={types} actions={actions} answer={{ waiting: false, problem, failed }} />
  );
}
