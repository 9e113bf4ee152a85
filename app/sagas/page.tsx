import type { Metadata } from "next";
import { firstAnswer, type PageProps } from "#app/first-answer.ts";
import { SagasLive } from "./sagas-live.tsx";

export const metadata: Metadata = { title: "Sagas" };

export default async function SagasPage({ searchParams }: PageProps) {
  return <SagasLive first={await firstAnswer("sagas", searchParams)} />;
}
