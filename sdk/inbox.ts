import type { SqlClient } from "./outbox.ts";

/** The table of messages already dealt with; run once in each database whose consumers must be idempotent. Idempotent. */
export const inboxSchema = `
  CREATE TABLE IF NOT EXISTS inbox (
    message_id text PRIMARY KEY,
    processed_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS inbox_processed_at ON inbox (processed_at);
`;

/**
 * Marks a message as processed, in the transaction of its effects and of the messages that it causes.
 * False: it was processed before, so the caller must do nothing. A second delivery that runs at the same time waits here
 * until the first has committed or rolled back.
 */
export async function markProcessed(transaction: SqlClient, messageId: string): Promise<boolean> {
  const { rowCount } = await transaction.query({
    name: "inbox-mark",
    text: "INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING",
    values: [messageId],
  });
  return rowCount === 1;
}

/** Forgets what was processed more than `days` ago; keep it longer than the topics keep their messages. */
export async function forgetProcessed(client: SqlClient, days: number): Promise<number> {
  const { rowCount } = await client.query({
    name: "inbox-forget",
    text: "DELETE FROM inbox WHERE processed_at < now() - make_interval(days => $1)",
    values: [days],
  });
  return rowCount ?? 0;
}
