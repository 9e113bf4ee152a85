import { z } from "zod";

const Attribute = (name: string) => z.string().min(1).max(200).default(name);
const Names = z.array(z.string().min(1).max(200)).default([]);

/** Makes saga events of the spans that carry a saga's id. */
export const SpanMapping = z.strictObject({
  /** By `service.name`; all without it. */
  services: z.array(z.string().min(1)).min(1).optional(),
  /** For spans that do not say it. */
  sagaType: z.string().min(1).max(200).optional(),
  sagaVersion: z.string().min(1).max(100).optional(),
  /** What the attributes are called, of the span or of its resource. */
  attributes: z
    .strictObject({
      sagaId: Attribute("saga.id"),
      sagaType: Attribute("saga.type"),
      sagaVersion: Attribute("saga.version"),
      step: Attribute("saga.step"),
      compensates: Attribute("saga.compensates"),
      attempt: Attribute("saga.attempt"),
      /** `completed`, `compensated` or `failed`: the saga ends so, with the span. */
      outcome: Attribute("saga.outcome"),
    })
    .prefault({}),
  /** Labels, each by the attribute that holds it. */
  labels: z.record(z.string().min(1).max(100), z.string().min(1)).default({}),
  /** Steps whose span begins the saga. */
  startedBy: Names,
  /** Steps whose span, once it ended well, completes the saga. */
  completedAfter: Names,
  /** Steps that undo, whose span, once it ended well, ends the saga as compensated. */
  compensatedAfter: Names,
});
export type SpanMapping = z.output<typeof SpanMapping>;
