import { z } from "zod";
import { Cost } from "./answer.ts";

/** `GET /api/v1/search?q=`: the pages that a text leads to, best first. */
export const Search = z.object({
  hits: z.array(
    z.object({
      kind: z.enum(["saga", "trace", "label", "error"]),
      text: z.string().describe("What matched, as it is stored."),
      sagas: z.number().int().describe("Sagas behind it."),
      href: z.string().describe("Path and query of the page."),
    }),
  ),
  ...Cost.shape,
});
export type Search = z.infer<typeof Search>;
