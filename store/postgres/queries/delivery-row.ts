import { z } from "zod";
import { Delivery } from "#contracts/api/alerts.ts";
import { MaybeMoment, Moment } from "./column-shapes.ts";

const { event, state } = Delivery.shape;

/** As JSON inside a row: with the zone of the session. */
const MomentText = z.string().transform((text) => new Date(text).toISOString());

/** A row of `webhook_deliveries`, with its `attempts` as `[{at, status, took_ms, error}]`. */
export const DeliveryRow = z
  .object({
    id: z.uuid(),
    rule_id: z.uuid(),
    rule_name: z.string(),
    event,
    state,
    url: z.string(),
    created_at: Moment,
    next_attempt_at: MaybeMoment,
    attempts: z.array(
      z.object({ at: MomentText, status: z.number().nullable(), took_ms: z.number(), error: z.string().nullable() }),
    ),
  })
  .transform(
    (row): Delivery => ({
      id: row.id,
      ruleId: row.rule_id,
      ruleName: row.rule_name,
      event: row.event,
      state: row.state,
      url: row.url,
      createdAt: row.created_at,
      nextAttemptAt: row.next_attempt_at,
      attempts: row.attempts.map(({ at, status, took_ms, error }) => ({ at, status, tookMs: took_ms, error })),
    }),
  );
