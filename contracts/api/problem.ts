import { z } from "zod";

/** RFC 9457 problem details; `type` is stable, `detail` says what to do. */
export const Problem = z.object({
  type: z.string().describe("What kind of problem it is: `urn:sagascope:problem:not-found`. It is stable."),
  title: z.string().describe("The kind in words."),
  status: z.number().int().describe("The status of the response."),
  detail: z.string().optional().describe("What is wrong here, and what to do."),
});
export type Problem = z.infer<typeof Problem>;
