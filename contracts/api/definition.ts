import { z } from "zod";
import { Cost, Milliseconds, Stretch } from "./answer.ts";

/** How long something took, in ms; null where nothing tells. */
const Durations = { p50Ms: Milliseconds.nullable(), p95Ms: Milliseconds.nullable() };

/** A node of a definition. `node` names it: `start`, `step NAME`, `undo NAME`, or `end` with how. */
export const DefinitionNode = z.object({
  node: z.string(),
  kind: z.enum(["start", "step", "compensation", "end"]),
  name: z.string(),
  compensates: z.string().nullable().describe("Of a compensation, the step that it undoes."),
  sagas: z.number().int().describe("Sagas that came to it."),
  tries: z.number().int().describe("Its tries in all of them, and how those ended."),
  completed: z.number().int(),
  failed: z.number().int(),
  ...Durations,
});
export type DefinitionNode = z.infer<typeof DefinitionNode>;

/** A way from one node to the next. */
export const DefinitionEdge = z.object({
  from: z.string().describe("The node that it leaves."),
  to: z.string().describe("The node that it leads to."),
  kind: z.enum(["next", "retry", "loop", "compensation", "end"]),
  isGiven: z.boolean().describe("Whether events' causes say so; else it is inferred from times."),
  sagas: z.number().int(),
  times: z.number().int(),
  share: z.number().describe("Of the sagas that came to `from`, the share that went this way."),
  ...Durations,
});
export type DefinitionEdge = z.infer<typeof DefinitionEdge>;

/** A way that few of those take who come to where it begins. */
export const UnusualEdge = z.object({
  from: z.string().describe("The node that it leaves."),
  to: z.string().describe("The node that it leads to."),
  sagas: z.number().int(),
  of: z.number().int(),
});
export type UnusualEdge = z.infer<typeof UnusualEdge>;

/** `GET /api/v1/types/{type}`: the definition of a saga type, mined from the sagas that started in a stretch of time. */
export const Definition = z.object({
  type: z.string(),
  version: z.string().nullable().describe("The version that was asked for; null for all together."),
  /** Whole slots: as they were counted. */
  ...Stretch,
  versions: z.array(z.object({ version: z.string(), sagas: z.number().int() })).describe("Most sagas first."),
  sagas: z.number().int(),
  nodes: z.array(DefinitionNode),
  edges: z.array(DefinitionEdge),
  concurrent: z.array(z.array(z.string()).length(2)).describe("Pairs of nodes that run at the same time."),
  conformance: z
    .object({
      sagas: z.number().int().describe("Sagas of which the path is known, and those of them on usual paths."),
      usual: z.number().int(),
      share: z.number().nullable().describe("The share of them on usual paths; null where there are none."),
      unusual: z
        .array(
          z.object({
            version: z.string(),
            sagas: z.number().int(),
            examples: z.array(z.string()).describe("Ids of some of them."),
            edges: z.array(UnusualEdge),
          }),
        )
        .describe("Most sagas first."),
    })
    .describe("Each saga against others of its own version."),
  ...Cost.shape,
});
export type Definition = z.infer<typeof Definition>;
