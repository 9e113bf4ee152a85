import type { z } from "zod";
import type { Cost } from "#contracts/api/answer.ts";
import type { TraceParams } from "#contracts/api/params.ts";
import type { Trace } from "#contracts/api/trace.ts";
import { SagascopeError } from "#lib/errors.ts";
import { moment } from "#lib/sql.ts";
import { traceSpans } from "#store/clickhouse/queries/trace-spans.ts";
import { traceWindow } from "#store/clickhouse/queries/trace-window.ts";
import type { Answering } from "./answering.ts";

const mostSpans = 10_000;

/** One trace with all its spans. */
export async function answerTrace(
  { id }: z.output<typeof TraceParams>,
  { asker }: Answering,
): Promise<Omit<Trace, keyof Cost>> {
  const window = await traceWindow(asker, id);
  if (!window) {
    const message = "No span of this trace is stored. A span is sent when it ends: wait a second if it has just begun.";
    throw new SagascopeError("NOT_FOUND", message);
  }
  const spans = await traceSpans(asker, [id], {
    from: moment(window.fromMs),
    to: moment(window.toMs),
    limit: mostSpans + 1,
  });
  const sagaIds = new Set(spans.flatMap((span) => span.attributes["saga.id"] || []));
  return { id, spans: spans.slice(0, mostSpans), cut: spans.length > mostSpans, sagaIds: [...sagaIds] };
}
