import type { Metadata } from "next";
import { connection } from "next/server";
import { askOnServer } from "#app/server/ask.ts";
import { problemOf } from "#app/server/problem.ts";
import { stateStore } from "#app/server/state-store.ts";
import { Alerts } from "#contracts/api/alerts.ts";
import { listDeliveries } from "#store/postgres/queries/list-deliveries.ts";
import { listRules } from "#store/postgres/queries/list-rules.ts";
import { AlertsLive } from "./alerts-live.tsx";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage() {
  await connection();
  const [first, types] = await Promise.all([firstAlerts(), knownTypes()]);
  return <AlertsLive first={first} types={types} />;
}

const deliveriesShown = 200;

async function firstAlerts(): Promise<{ data: Alerts | undefined; problem: string | undefined }> {
  try {
    const [rules, deliveries] = await Promise.all([
      listRules(stateStore()),
      listDeliveries(stateStore(), deliveriesShown),
    ]);
    return { data: Alerts.parse({ rules, deliveries }), problem: undefined };
  } catch (error) {
    const { title, detail } = problemOf(error);
    return { data: undefined, problem: detail ?? title };
  }
}

/** Saga types for a rule to choose from; the page stands without them. */
async function knownTypes(): Promise<readonly string[]> {
  try {
    return (await askOnServer("types", { range: "30d" })).types.map(({ type }) => type);
  } catch {
    return [];
  }
}
