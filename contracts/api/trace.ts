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
