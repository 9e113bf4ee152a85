import { z } from "zod";
import type { DeadLetterDetail } from "#contracts/api/dead-letters.ts";
import { sql, string, strings, uint32, uint64 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";

const Base64 = z.string().transform((text) => Buffer.from(text, "base64"));

const Row = z
  .object({
    letter: z.string(),
    topic: z.string(),
    partition: Count,
    offset: z.string(),
    part: Count,
    key: Base64.nullable(),
    value: Base64.nullable(),
    bytes: Count,
    headers: z.array(z.tuple([z.string(), Base64.nullable()])),
    message_at: Time,
  })
  .transform(({ message_at: messageAt, headers, ...row }) => ({
    ...row,
    messageAt,
    headers: headers.map(([name, value]) => ({ name, value })),
  }));

/** The message of a letter's newest try, byte for byte. */
export type DeadMessage = z.infer<typeof Row>;

/** The messages of these letters, in this order; the unknown are absent. At most `valueBytes` of each value are read. */
export async function deadMessages(
  asker: Asker,
  ids: readonly string[],
  { valueBytes }: { valueBytes: number },
): Promise<DeadMessage[]> {
  const rows = await asker.ask(
    sql`SELECT letter, _topic AS topic, _partition AS partition, toString(_offset) AS offset, part,
        if(null_key, NULL, base64Encode(key)) AS key,
        if(null_value, NULL, base64Encode(substring(dead_letters.value, 1, ${uint32(valueBytes)}))) AS value, length(dead_letters.value) AS bytes,
        arrayMap(header -> (header.name, base64Encode(header.value)), header_list) AS headers, message_time AS message_at
      FROM dead_letters WHERE letter IN ${strings(ids)}
      ORDER BY dead_at DESC, _offset DESC LIMIT 1 BY letter LIMIT ${uint32(ids.length)}`,
    Row,
  );
  const byLetter = new Map(rows.map((row) => [row.letter, row]));
  return ids.flatMap((id) => byLetter.get(id) ?? []);
}

const Death = z.object({
  topic: z.string(),
  partition: Count,
  offset: z.string(),
  at: Time,
  reason: z.string(),
  detail: z.string(),
});

/** Every death of a letter, the first one first. */
export async function deathsOf(asker: Asker, id: string): Promise<DeadLetterDetail["deaths"]> {
  return await asker.ask(
    sql`SELECT _topic AS topic, _partition AS partition, toString(_offset) AS offset, dead_at AS at, reason, detail
      FROM dead_letters WHERE letter = ${string(id)} ORDER BY dead_at, _offset LIMIT 1000`,
    Death,
  );
}

const ReplayRow = z.object({
  id: z.string(),
  begun: Time,
  actor: z.string(),
  stage: z.enum(["begun", "sent", "refused"]),
  edited: z.boolean(),
  partition: Count,
  offset: z.string(),
  saga: z.string(),
  problem: z.string(),
});

/** Every replay of a letter of this topic, the first one first. */
export async function replaysOf(asker: Asker, id: string, topic: string): Promise<DeadLetterDetail["replays"]> {
  const rows = await asker.ask(
    sql`SELECT toString(replay) AS id, min(at) AS begun, any(dead_letter_replays.actor) AS actor,
        toString(max(dead_letter_replays.stage)) AS stage, max(dead_letter_replays.edited) AS edited,
        max(sent_partition) AS partition, toString(max(sent_offset)) AS offset, max(saga_id) AS saga,
        max(dead_letter_replays.problem) AS problem
      FROM dead_letter_replays WHERE letter = ${string(id)} GROUP BY replay ORDER BY begun, id LIMIT 1000`,
    ReplayRow,
  );
  return rows.map(({ begun, partition, offset, saga, problem, ...row }) => ({
    ...row,
    at: begun,
    place: row.stage === "sent" ? { topic, partition, offset } : null,
    sagaId: saga === "" ? null : saga,
    problem: problem === "" ? null : problem,
  }));
}

/** Whether the saga has the event that stands at this place: one short read, since the saga is known. */
export async function isEventStored(
  asker: Asker,
  sagaId: string,
  { topic, partition, offset }: { topic: string; partition: number; offset: string },
): Promise<boolean> {
  const [row] = await asker.ask(
    sql`SELECT count() AS events FROM saga_events WHERE saga_id = ${string(sagaId)} AND _topic = ${string(topic)}
        AND _partition = ${uint32(partition)} AND _offset = ${uint64(BigInt(offset))} LIMIT 1`,
    z.object({ events: Count }),
  );
  return (row?.events ?? 0) > 0;
}
