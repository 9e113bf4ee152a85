import type { Metadata } from "next";
import { firstAnswer, type PageProps } from "#app/first-answer.ts";
import { LatencyLive } from "./latency-live.tsx";

export const metadata: Metadata = { title: "Latency" };

export default async function LatencyPage({ searchParams }: PageProps) {
  return <LatencyLive first={await firstAnswer("latency", searchParams)} />;
}
