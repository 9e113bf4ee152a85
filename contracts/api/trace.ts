import { z } from "zod";
import { Cost, NanoMoment, Stretch } from "./answer.ts";
import { Span } from "./saga.ts";

/** `GET /api/v1/traces/{id}`: every span of one trace, in time order, and the sagas that its spans name. */
export const Trace = z.object({
  id: z.string(),
  spans: z.array(Span),
  cut: z.boolean().describe("True where the trace has more spans than are listed here."),
  sagaIds: z.array(z.string()),
  ...Cost.shape,
});
export type Trace = z.infer<typeof Trace>;

/** One row of a list: a trace by those of its spans that lie in the time asked for. */
export const TraceSummary = z.object({
  id: z.string(),
  name: z.string().describe("Of the root span, or of the earliest where none is there."),
  service: z.string(),
  startedAt: NanoMoment,
  durationMs: z.number().describe("Milliseconds. From the start of the first span to the end of the last."),
  spans: z.number().int(),
  errors: z.number().int().describe("Spans that failed."),
  services: z.array(z.string()),
  sagaId: z.string().nullable().describe("The saga that a span names, the first that does."),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

/** `GET /api/v1/traces`: the traces of a stretch of time that match, the newest first. */
export const TraceList = z.object({
  ...Stretch,
  traces: z.array(TraceSummary),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last."),
  ...Cost.shape,
});
export type TraceList = z.infer<typeof TraceList>;
