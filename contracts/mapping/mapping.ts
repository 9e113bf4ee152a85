import { z } from "zod";
import { SpanMapping } from "./span-mapping.ts";
import { TopicMapping } from "./topic-mapping.ts";

/** The file that `SAGASCOPE_MAPPING` names: what else than saga events makes sagas. */
export const Mapping = z
  .strictObject(
    { topics: z.array(TopicMapping).default([]), spans: SpanMapping.optional() },
    "wants topics, spans, or both",
  )
  .superRefine(({ topics }, context) => {
    topics.forEach(({ topic }, at) => {
      if (topics.findIndex((other) => other.topic === topic) < at)
        context.addIssue({
          code: "custom",
          path: ["topics", at, "topic"],
          message: "stands here twice: give it one list of rules",
        });
    });
  });
export type Mapping = z.output<typeof Mapping>;
