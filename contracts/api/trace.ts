import { z } from "zod";
import { Cost } from "./answer.ts";
import { Span } from "./saga.ts";

/** `GET /api/v1/traces/{id}`: every span of one trace, in time order, and the sagas that its spans name. */
export const Trace = z.object({
  id: z.string(),
  spans: z.array(Span),
  /** True where the trace has more spans than are listed here. */
  cut: z.boolean(),
  sagaIds: z.array(z.string()),
  ...Cost.shape,
});
export type Trace = z.infer<typeof Trace>;

/** One row of a list: a trace by those of its spans that lie in the time asked for. */
export const TraceSummary = z.object({
  id: z.string(),
  /** Of the root span, or of the earliest where none is there. */
  name: z.string(),
  service: z.string(),
  /** RFC 3339 with nanoseconds, UTC. */
  startedAt: z.string(),
  /** From the start of the first span to the end of the last. */
  durationMs: z.number(),
  spans: z.number().int(),
  /** Spans that failed. */
  errors: z.number().int(),
  services: z.array(z.string()),
  /** The saga that a span names, the first that does. */
  sagaId: z.string().nullable(),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

/** `GET /api/v1/traces`: the traces of a stretch of time that match, the newest first. */
export const TraceList = z.object({
  from: z.string(),
  to: z.string(),
  traces: z.array(TraceSummary),
  /** `cursor` of the next page; null on the last. */
  next: z.string().nullable(),
  ...Cost.shape,
});
export type TraceList = z.infer<typeof TraceList>;
