import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { askForOne } from "#app/ask-for-one.ts";
import { decodeSegment } from "#app/decode-segment.ts";
import { cutId } from "#components/format.ts";
import { SagaLive } from "./saga-live.tsx";

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: cutId(decodeSegment((await params).id)) };
}

export default async function SagaPage({ params, searchParams }: Props) {
  const id = decodeSegment((await params).id);
  const { tab } = await searchParams;
  const [saga, traces, logs] = await Promise.all([
    askForOne("saga", { id }),
    tab === "trace" ? askForOne("sagaTraces", { id }) : undefined,
    tab === "logs" ? askForOne("sagaLogs", { id }) : undefined,
  ]);
  if (saga.kind === "missing") notFound();
  return (
    <SagaLive
      id={id}
      saga={saga.kind === "answer" ? saga.answer : undefined}
      problem={saga.kind === "problem" ? saga.problem : undefined}
      traces={traces?.kind === "answer" ? traces.answer : undefined}
      logs={logs?.kind === "answer" ? logs.answer : undefined}
    />
  );
}
