import { context, propagation } from "@opentelemetry/api";
import { cloudEventsContentType, type SagaEvent } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";
import type { TextHeaders } from "./context-headers.ts";

/** The table that the relay empties; run once in each database that has an outbox. Idempotent. */
export const outboxSchema = `
  CREATE TABLE IF NOT EXISTS outbox (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    value text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

/** The PostgreSQL channel that wakes the relay once a transaction with messages has committed. */
export const outboxChannel = "outbox";

/** More than this no message may weigh (bytes of its value): Kafka's own default limit, less the headers. */
export const maxMessageBytes = 900_000;

/** A statement whose text is always the same, so that PostgreSQL may keep its plan under `name`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** The part of `pg`'s client that the sdk needs; a transaction is a client between BEGIN and COMMIT. */
export interface SqlClient {
  query(statement: Statement): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}

/** A message on its way to Kafka. */
export interface OutgoingMessage {
  readonly topic: string;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly headers: TextHeaders;
  readonly value: string;
}

/** The saga event as a message: structured CloudEvents JSON, keyed by the saga's id. */
export function sagaEventMessage(event: SagaEvent): OutgoingMessage {
  const { traceparent, tracestate } = event;
  return {
    topic: topics.sagaEvents,
    key: event.correlationid,
    headers: {
      "content-type": cloudEventsContentType,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    },
    value: JSON.stringify(event),
  };
}

/**
 * Writes messages in the caller's transaction: they go out if and only if it commits, in this order.
 * Each takes the active trace context along, unless it brings its own. Throws a RangeError for a message too big to send.
 */
export async function enqueue(transaction: SqlClient, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ topic, key, headers, value }) => {
    const bytes = Buffer.byteLength(value);
    if (bytes > maxMessageBytes)
      throw new RangeError(`A message of ${bytes} bytes for ${topic} exceeds ${maxMessageBytes}`);
    const traced = { ...headers };
    if (traced.traceparent === undefined) propagation.inject(context.active(), traced);
    return { topic, key, headers: traced, value };
  });
  await transaction.query({
    name: "outbox-enqueue",
    text: `WITH written AS (
       INSERT INTO outbox (topic, key, headers, value)
       SELECT topic, key, headers, value
       FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (topic text, key text, headers jsonb, value text))
         WITH ORDINALITY AS message (topic, key, headers, value, position)
       ORDER BY position
     )
     SELECT pg_notify('${outboxChannel}', '')`,
    values: [JSON.stringify(rows)],
  });
}
