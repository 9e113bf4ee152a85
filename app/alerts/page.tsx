import type { Metadata } from "next";
import { connection } from "next/server";
import { answerAlerts } from "#app/server/answers/alerts.ts";
import { askOnServer } from "#app/server/ask.ts";
import { problemOf } from "#app/server/problem.ts";
import type { Alerts } from "#contracts/api/alerts.ts";
import { AlertsLive } from "./alerts-live.tsx";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage() {
  await connection();
  const [first, types] = await Promise.all([firstAlerts(), knownTypes()]);
  return <AlertsLive first={first} types={types} />;
}

async function firstAlerts(): Promise<{ data: Alerts | undefined; problem: string | undefined }> {
  try {
    return { data: await answerAlerts(), problem: undefined };
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
