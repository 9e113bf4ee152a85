import { z } from "zod";
import { SagaEvent } from "./saga-event.ts";

/** What `Text` checks by a function, as a pattern: no NUL and, since patterns count code points, no lone surrogate. */
const textPattern = "^[^\\u0000\\uD800-\\uDFFF]*$";

const description = [
  "A CloudEvents 1.0 event that tells one thing of one saga. On Kafka it stands on the topic saga.events, keyed by",
  "correlationid, in structured mode (this object) or binary mode (attributes as headers ce_*, data as the value).",
  "Attributes beyond these are taken and not kept. Lengths count code points.",
].join(" ");

/** The JSON Schema (2020-12) of a saga event as a producer writes it. */
export function sagaEventJsonSchema(): object {
  const schema = z.toJSONSchema(SagaEvent, {
    target: "draft-2020-12",
    io: "input",
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      if (def.type !== "string" || !def.checks?.some((check) => check._zod.def.check === "custom")) return;
      if (jsonSchema.pattern === undefined) jsonSchema.pattern = textPattern;
      else jsonSchema.allOf = [{ pattern: textPattern }];
    },
  });
  return { $id: "urn:sagascope:saga-event", title: "Saga event", description, ...schema };
}
