import type { DeadLetter } from "#contracts/api/dead-letters.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Sender } from "#lib/kafka-sender.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { recordReplays } from "#store/clickhouse/inserts/record-replays.ts";
import { deadMessages } from "#store/clickhouse/queries/dead-letter.ts";
import { findDeadLetter } from "#store/clickhouse/queries/dead-letters.ts";
import type { Edit } from "./edited-value.ts";
import type { HoldLetters } from "./hold-letters.ts";
import {
  type PlannedReplay,
  planReplay,
  type ReplayOutcome,
  type ReplayPorts,
  replayLetters,
} from "./replay-letters.ts";

const largestValueBytes = 64 * 1024 * 1024;

/** What would be sent for letters that wait for somebody. Throws `BAD_REQUEST` where one of them cannot be. */
export async function planReplays(asker: Asker, ids: readonly string[], edit: Edit): Promise<PlannedReplay[]> {
  const messages = await deadMessages(asker, ids, { valueBytes: largestValueBytes });
  return messages.map((message) => planReplay(message, edit));
}

/** The ports of a replay over the real store and Kafka. */
export function replayPorts(client: StoreClient, send: Sender["send"], actor: string): ReplayPorts {
  return { record: (records) => recordReplays(client, records), send, now: Date.now, actor };
}

/** Throws `NOT_FOUND` where there is no such letter, and `CONFLICT` where nobody has to send it again. */
export async function waitingLetter(asker: Asker, id: string, nowMs: number): Promise<DeadLetter> {
  const letter = await findDeadLetter(asker, id, nowMs);
  if (!letter) throw new SagascopeError("NOT_FOUND", `There is no dead letter ${id}. It may be past its retention.`);
  if (letter.state === "sending") throw new SagascopeError("CONFLICT", `${id} is being replayed right now.`);
  if (letter.state === "replayed") {
    const message = `${id} was replayed and has not died again. Were it sent once more, it would be a duplicate.`;
    throw new SagascopeError("CONFLICT", message);
  }
  return letter;
}

/** What is said of a letter that somebody else holds. */
export const heldByAnother = (id: string): string =>
  `${id} is being replayed by somebody else. Look at it again in a moment: if it is dead or interrupted by then, replay it.`;

/**
 * Replays one letter that waits for somebody; throws what Kafka, the store or the letter has against it. Of those who ask
 * for the same letter at the same time one gets it, the others `CONFLICT`.
 */
export async function replayById(
  id: string,
  edit: Edit,
  { asker, hold, ports }: { asker: Asker; hold: HoldLetters; ports: ReplayPorts },
): Promise<Extract<ReplayOutcome, { kind: "sent" }>> {
  return await hold([id], async (held) => {
    if (!held.has(id)) throw new SagascopeError("CONFLICT", heldByAnother(id));
    // Looked at once nobody else can send it: whoever held it before has written down what came of it.
    await waitingLetter(asker, id, ports.now());
    const [outcome] = await replayLetters(await planReplays(asker, [id], edit), ports);
    if (!outcome) throw new SagascopeError("NOT_FOUND", `There is no dead letter ${id}.`);
    if (outcome.kind !== "sent") throw outcome.problem;
    return outcome;
  });
}
