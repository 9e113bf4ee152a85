"use client";

import { usePathname } from "next/navigation";
import { decodeSegment } from "#app/decode-segment.ts";
import { SagaLive } from "./saga-live.tsx";

/** Keeps listening: a saga that was just begun appears with its first event. */
export default function SagaNotFound() {
  const id = decodeSegment(usePathname().split("/")[2] ?? "");
  return <SagaLive id={id} saga={undefined} problem={undefined} traces={undefined} logs={undefined} />;
}
