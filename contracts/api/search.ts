import { z } from "zod";
import { Cost } from "./answer.ts";

/** `GET /api/v1/search?q=`: the pages that a text leads to, best first. */
export const Search = z.object({
  hits: z.array(
    z.object({
      kind: z.enum(["saga", "trace", "label", "error"]),
      /** What matched, as it is stored. */
      text: z.string(),
      /** Sagas behind it. */
      sagas: z.number().int(),
      /** Path and query of the page. */
      href: z.string(),
    }),
  ),
  ...Cost.shape,
});
export type Search = z.infer<typeof Search>;
