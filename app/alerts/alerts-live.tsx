"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, tell } from "#app/client/ask.ts";
import { useLive } from "#app/client/use-live.ts";
import type { AlertActions } from "#components/alerts/actions.ts";
import { AlertsView } from "#components/alerts/alerts-view.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { useUrl } from "#components/url/use-url.ts";
import { addressOf } from "#contracts/api/address.ts";
import type { Alerts } from "#contracts/api/alerts.ts";

const rules = addressOf("/alerts", {});
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
  useReportFreshness(useLive(addressOf("/freshness", {})).data?.freshness);
  const client = useQueryClient();
  const query = useQuery({
    queryKey: [rules],
    queryFn: ({ signal }) => ask(rules, { signal }),
    ...(first.data ? { initialData: first.data } : {}),
    refetchInterval: params.get("live") === "off" ? false : everyMs,
    retry: false,
  });
  const actions = useMemo((): AlertActions => {
    const after = async (done: Promise<unknown>) => {
      await done;
      await client.invalidateQueries({ queryKey: [rules] });
    };
    return {
      create: (rule) => after(tell("POST", "/alerts/rules", { body: rule })),
      change: (id, rule) => after(tell("PUT", "/alerts/rules/{id}", { id, body: rule })),
      remove: (id) => after(tell("DELETE", "/alerts/rules/{id}", { id })),
      sendTest: (id) => after(tell("POST", "/alerts/rules/{id}/test", { id })),
      replay: (id) => after(tell("POST", "/alerts/deliveries/{id}/replay", { id })),
      secret: () => ask(addressOf("/alerts/secret", {})),
      rotateSecret: () => tell("POST", "/alerts/secret", {}),
    };
  }, [client]);
  const problem = query.error?.message ?? (query.data ? undefined : first.problem);
  const failed = query.data === undefined && problem !== undefined;
  return (
    <AlertsView alerts={query.data} types={types} actions={actions} answer={{ waiting: false, problem, failed }} />
  );
}
