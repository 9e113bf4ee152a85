import { z } from "zod";
import { Cost } from "./answer.ts";

/** How long something took, in ms; null where nothing tells. */
const Durations = { p50Ms: z.number().nullable(), p95Ms: z.number().nullable() };

/** A node of a definition. `node` names it: `start`, `step NAME`, `undo NAME`, or `end` with how. */
export const DefinitionNode = z.object({
  node: z.string(),
  kind: z.enum(["start", "step", "compensation", "end"]),
  name: z.string(),
  /** Of a compensation, the step that it undoes. */
  compensates: z.string().nullable(),
  /** Sagas that came to it. */
  sagas: z.number().int(),
  /** Its tries in all of them, and how those ended. */
  tries: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  ...Durations,
});
export type DefinitionNode = z.infer<typeof DefinitionNode>;

/** A way from one node to the next. */
export const DefinitionEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["next", "retry", "loop", "compensation", "end"]),
  /** Whether events' causes say so; else it is inferred from times. */
  isGiven: z.boolean(),
  sagas: z.number().int(),
  times: z.number().int(),
  /** Of the sagas that came to `from`, those that went this way. */
  share: z.number(),
  ...Durations,
});
export type DefinitionEdge = z.infer<typeof DefinitionEdge>;

/** A way that few of those take who come to where it begins. */
export const UnusualEdge = z.object({
  from: z.string(),
  to: z.string(),
  sagas: z.number().int(),
  of: z.number().int(),
});
export type UnusualEdge = z.infer<typeof UnusualEdge>;

/** `GET /api/v1/types/{type}`: the definition of a saga type, mined from the sagas that started in a stretch of time. */
export const Definition = z.object({
  type: z.string(),
  /** The version that was asked for; null for all together. */
  version: z.string().nullable(),
  /** The slots that were counted. ISO 8601 UTC. */
  from: z.string(),
  to: z.string(),
  /** Most sagas first. */
  versions: z.array(z.object({ version: z.string(), sagas: z.number().int() })),
  sagas: z.number().int(),
  nodes: z.array(DefinitionNode),
  edges: z.array(DefinitionEdge),
  /** Pairs of nodes that run at the same time. */
  concurrent: z.array(z.array(z.string()).length(2)),
  /** Each saga against others of its own version. */
  conformance: z.object({
    /** Sagas of which the path is known, and those of them on usual paths. */
    sagas: z.number().int(),
    usual: z.number().int(),
    share: z.number().nullable(),
    /** Most sagas first. */
    unusual: z.array(
      z.object({
        version: z.string(),
        sagas: z.number().int(),
        /** Ids of some of them. */
        examples: z.array(z.string()),
        edges: z.array(UnusualEdge),
      }),
    ),
  }),
  ...Cost.shape,
});
export type Definition = z.infer<typeof Definition>;
