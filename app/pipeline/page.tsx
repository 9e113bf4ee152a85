import type { Metadata } from "next";
import { firstAnswer, type PageProps } from "#app/first-answer.ts";
import { PipelineLive } from "./pipeline-live.tsx";

export const metadata: Metadata = { title: "Pipeline" };

export default async function PipelinePage({ searchParams }: PageProps) {
  const [pipeline, letters] = await Promise.all([
    firstAnswer("pipeline", searchParams),
    firstAnswer("dead-letters", searchParams),
  ]);
  return <PipelineLive pipeline={pipeline} letters={letters} />;
}
