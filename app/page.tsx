import { firstAnswer, type PageProps } from "#app/first-answer.ts";
import { OverviewLive } from "./overview-live.tsx";

export default async function OverviewPage({ searchParams }: PageProps) {
  return <OverviewLive first={await firstAnswer("overview", searchParams)} />;
}
