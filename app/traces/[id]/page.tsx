import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { askForOne } from "#app/ask-for-one.ts";
import { decodeSegment } from "#app/decode-segment.ts";
import { cutId } from "#components/format.ts";
import { TraceLive } from "./trace-live.tsx";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Trace ${cutId((await params).id)}` };
}

export default async function TracePage({ params }: Props) {
  const id = decodeSegment((await params).id).toLowerCase();
  const trace = await askForOne("trace", { id });
  if (trace.kind === "missing") notFound();
  return (
    <TraceLive
      id={id}
      trace={trace.kind === "answer" ? trace.answer : undefined}
      problem={trace.kind === "problem" ? trace.problem : undefined}
    />
  );
}
