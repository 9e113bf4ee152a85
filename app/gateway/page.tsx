import type { Metadata } from "next";
import { firstAnswer, type PageProps } from "#app/first-answer.ts";
import { GatewayLive } from "./gateway-live.tsx";

export const metadata: Metadata = { title: "Gateway" };

export default async function GatewayPage({ searchParams }: PageProps) {
  return <GatewayLive first={await firstAnswer("gateway", searchParams)} />;
}
