import { randomUUID } from "node:crypto";
import type { Replayed } from "#contracts/api/dead-letters.ts";
import { readPlace, replayHeader, replayTimeHeader, writeReplayHeader } from "#contracts/dead-letter.ts";
import { otlpContentTypes } from "#contracts/otlp/json.ts";
import { isOneRecord } from "#contracts/otlp/walk.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { insist } from "#lib/insist.ts";
import { KafkaNotReached, type Outgoing, type Sender } from "#lib/kafka-sender.ts";
import type { ReplayRecord } from "#store/clickhouse/inserts/record-replays.ts";
import type { DeadMessage } from "#store/clickhouse/queries/dead-letter.ts";
import { type Edit, editedValue } from "./edited-value.ts";
import { subjectOf } from "./subject-of.ts";

export interface ReplayPorts {
  readonly record: (records: readonly ReplayRecord[]) => Promise<void>;
  readonly send: Sender["send"];
  readonly now: () => number;
  /** Who asked for it. */
  readonly actor: string;
}

/** A replay before anything is done: what would be sent, and what is written down of it. */
export interface PlannedReplay {
  readonly message: Outgoing;
  readonly record: Omit<ReplayRecord, "stage" | "atMs" | "actor">;
}

/**
 * What would be sent for a letter: the same topic, partition, key and headers, with the header that names the letter, and
 * its own or an edited value. Throws `BAD_REQUEST` where it cannot be.
 */
export function planReplay(dead: DeadMessage, edit: Edit): PlannedReplay {
  const place = readPlace(dead.letter);
  if (!place) throw new SagascopeError("INTERNAL", `${dead.letter} names no place.`);
  const why = whyNotReplayable(dead);
  if (why !== null) throw new SagascopeError("BAD_REQUEST", why);
  const edited = editedValue(dead.value, edit);
  const value = edited ?? dead.value;
  return {
    message: {
      topic: dead.topic,
      partition: place.partition,
      key: dead.key,
      value,
      headers: headersOf(dead, writeReplayHeader(place)),
    },
    record: { replay: randomUUID(), letter: dead.letter, edited, ...subjectOf(value, dead.headers) },
  };
}

/** Why a letter cannot be sent again, and what to do instead; null where it can. */
export function whyNotReplayable({
  letter,
  part,
  value,
}: Pick<DeadMessage, "letter" | "part" | "value">): string | null {
  if (part === 0 || (value !== null && isOneRecord(value))) return null;
  return `${letter} is a piece of a message whose other records are stored, and no message by itself: mend it at its source, and send it from there.`;
}

const contentType = "content-type";

function headersOf({ headers, messageAt, part }: DeadMessage, replayOf: string): Record<string, Buffer[]> {
  const byName = new Map<string, Buffer[]>();
  // The client cannot send a header without a value: it gets an empty one.
  for (const { name, value } of headers) byName.set(name, [...(byName.get(name) ?? []), value ?? Buffer.alloc(0)]);
  // Of a replay that died again it is there already, and is that of the first death.
  const isFirst = !byName.has(replayHeader);
  // A record by itself is kept as JSON, whatever its message was.
  if (part > 0 && byName.has(contentType)) byName.set(contentType, [Buffer.from(otlpContentTypes.json)]);
  byName.set(replayHeader, [Buffer.from(replayOf)]);
  if (isFirst) byName.set(replayTimeHeader, [Buffer.from(String(Date.parse(messageAt)))]);
  return Object.fromEntries(byName);
}

/** What became of a replay; `unknown` where Kafka did not say, and the message may have been sent. */
export type ReplayOutcome =
  | ({ readonly kind: "sent" } & Replayed)
  | { readonly kind: "refused" | "unknown"; readonly letter: string; readonly problem: SagascopeError };

/**
 * Sends messages again, one after the other, and writes down what happens to each. After the first that Kafka does not
 * answer, none is tried any more.
 */
export async function replayLetters(
  planned: readonly PlannedReplay[],
  { record, send, now, actor }: ReplayPorts,
): Promise<ReplayOutcome[]> {
  // The intent first: a crash below this line leaves a letter that says that it may have been sent.
  await record(planned.map((one) => ({ ...one.record, stage: "begun", atMs: now(), actor })));
  const outcomes: ReplayOutcome[] = [];
  for (const { message, record: told } of planned) {
    outcomes.push(outcomes.some(endsTrying) ? notTried(told.letter) : await sendOne(message, told, send));
  }
  const ended = planned.flatMap(({ record: told }, index): ReplayRecord[] => {
    const outcome = outcomes[index];
    const base = { ...told, atMs: now(), actor };
    if (outcome?.kind === "sent") {
      const { partition, offset } = outcome;
      return [{ ...base, stage: "sent", place: { partition, offset } }];
    }
    if (outcome?.kind !== "refused") return [];
    return [{ ...base, stage: "refused", problem: outcome.problem.message }];
  });
  // Until it is written down, a letter that was sent looks as if it had to be sent again: a store that is away for a moment is waited for.
  await insist(() => record(ended), { waitMs: () => 1_000 });
  return outcomes;
}

/** What Kafka does not answer now, it will not answer a hundred times. */
export const endsTrying = (outcome: ReplayOutcome): boolean =>
  outcome.kind === "unknown" || (outcome.kind === "refused" && outcome.problem instanceof KafkaNotReached);

const notTried = (letter: string): ReplayOutcome => ({
  kind: "refused",
  letter,
  problem: new SagascopeError("KAFKA_DOWN", "Not tried, since Kafka did not answer for the one before."),
});

async function sendOne(
  message: Outgoing,
  { replay, letter, sagaId, eventId }: PlannedReplay["record"],
  send: Sender["send"],
): Promise<ReplayOutcome> {
  const { topic, partition } = message;
  try {
    return { kind: "sent", replay, letter, topic, partition, offset: await send(message), sagaId, eventId };
  } catch (error) {
    const problem =
      error instanceof SagascopeError ? error : new SagascopeError("KAFKA_DOWN", messageOf(error), { cause: error });
    return { kind: problem.code === "KAFKA_REFUSED" ? "refused" : "unknown", letter, problem };
  }
}
