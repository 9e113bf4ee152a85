import { z } from "zod";

/** Text that survives a round through JSON, Kafka and ClickHouse: well-formed UTF-16, no NUL. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "has a lone surrogate or NUL");

export const SagaId = Text.min(1).max(256).brand("SagaId");
export type SagaId = z.infer<typeof SagaId>;

export const EventId = Text.min(1).max(256).brand("EventId");
export type EventId = z.infer<typeof EventId>;

/** W3C trace id: 32 lower-case hex digits, not all zero. */
export const TraceId = z
  .string()
  .regex(/^(?!0{32})[0-9a-f]{32}$/)
  .brand("TraceId");
export type TraceId = z.infer<typeof TraceId>;

/** W3C span id: 16 lower-case hex digits, not all zero. */
export const SpanId = z
  .string()
  .regex(/^(?!0{16})[0-9a-f]{16}$/)
  .brand("SpanId");
export type SpanId = z.infer<typeof SpanId>;
