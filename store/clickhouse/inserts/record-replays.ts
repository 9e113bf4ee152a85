import type { StoreClient } from "#store/clickhouse/client.ts";

/** What is told of a replay at one of its stages. */
export interface ReplayRecord {
  readonly replay: string;
  readonly letter: string;
  readonly stage: "begun" | "sent" | "refused";
  readonly atMs: number;
  readonly actor: string;
  /** The value that is sent where it was edited; null for the one that died. */
  readonly edited: Buffer | null;
  readonly sagaId: string | null;
  readonly eventId: string | null;
  readonly place?: { readonly partition: number; readonly offset: string };
  readonly problem?: string;
}

/** Writes down what happens to replays; resolves once it is kept. */
export async function recordReplays(client: StoreClient, records: readonly ReplayRecord[]): Promise<void> {
  if (records.length === 0) return;
  await client.insert({
    table: "dead_letter_replays",
    format: "JSONEachRow",
    values: records.map(({ replay, letter, stage, atMs, actor, edited, sagaId, eventId, place, problem }) => ({
      replay,
      letter,
      stage,
      at: (atMs / 1000).toFixed(3),
      actor,
      edited: edited !== null,
      // It is written once, with the intent.
      value_base64: stage === "begun" ? (edited?.toString("base64") ?? "") : "",
      saga_id: sagaId ?? "",
      event_id: eventId ?? "",
      sent_partition: place?.partition ?? 0,
      sent_offset: place?.offset ?? "0",
      problem: problem ?? "",
    })),
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  });
}
