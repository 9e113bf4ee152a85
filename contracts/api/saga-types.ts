import { z } from "zod";
import { Cost, Moment } from "./answer.ts";

/** `GET /api/v1/types`: the saga types seen in a stretch of time, most sagas first. */
export const SagaTypes = z.object({
  types: z.array(
    z.object({
      type: z.string(),
      versions: z.array(z.string()),
      steps: z.array(z.string()),
      sagas: z.number().int(),
      newestAt: Moment,
    }),
  ),
  ...Cost.shape,
});
export type SagaTypes = z.infer<typeof SagaTypes>;
