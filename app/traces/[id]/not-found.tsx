"use client";

import { usePathname } from "next/navigation";
import { TraceLive } from "./trace-live.tsx";

/** Keeps listening: a trace appears when its first span ends. */
export default function TraceNotFound() {
  return <TraceLive id={(usePathname().split("/")[2] ?? "").toLowerCase()} trace={undefined} problem={undefined} />;
}
