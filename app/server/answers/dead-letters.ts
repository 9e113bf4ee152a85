import type { z } from "zod";
import { readDeadLetterCursor, writeDeadLetterCursor } from "#app/server/cursor.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { DeadLetterDetail, DeadLetterList, ReplayOffer } from "#contracts/api/dead-letters.ts";
import type { DeadLetterListParams } from "#contracts/api/params.ts";
import { SagascopeError } from "#lib/errors.ts";
import { deadMessages, deathsOf, isEventStored, replaysOf } from "#store/clickhouse/queries/dead-letter.ts";
import {
  countDeadLetters,
  type DeadLetterFilter,
  findDeadLetter,
  listDeadLetters,
} from "#store/clickhouse/queries/dead-letters.ts";
import { whyNotReplayable } from "#store/dead-letters/replay-letters.ts";
import { toldBytes } from "#store/dead-letters/told-bytes.ts";
import type { Answering } from "./answering.ts";

/** A page of the letters that match, with their exact total and facets. */
export async function answerDeadLetters(
  params: z.output<typeof DeadLetterListParams>,
  { asker, nowMs, kafka }: Answering,
): Promise<Omit<DeadLetterList, keyof Cost>> {
  const filter: DeadLetterFilter = {
    window: resolveRange(params, nowMs).window,
    states: params.state,
    reasons: params.reason,
    topics: params.topic,
  };
  const cursor = params.cursor === undefined ? undefined : readDeadLetterCursor(params.cursor);
  const [rows, counts] = await Promise.all([
    listDeadLetters(asker, filter, { cursor, limit: params.limit + 1, nowMs }),
    countDeadLetters(asker, filter, nowMs),
  ]);
  const letters = rows.slice(0, params.limit);
  const last = letters.at(-1);
  const next = last && rows.length > params.limit ? writeDeadLetterCursor(last) : null;
  return { letters, next, ...counts, replay: offerOf(kafka) };
}

/** As much of a value as a page can show and a person edit. */
const toldValueBytes = 1_048_576;

/** A letter with its bytes, and what became of each try. */
export async function answerDeadLetter(
  { id }: { id: string },
  { asker, nowMs, kafka }: Answering,
): Promise<Omit<DeadLetterDetail, keyof Cost>> {
  const [letter, [message]] = await Promise.all([
    findDeadLetter(asker, id, nowMs),
    deadMessages(asker, [id], { valueBytes: toldValueBytes }),
  ]);
  if (!letter || !message) {
    throw new SagascopeError("NOT_FOUND", "There is no such dead letter. It may be past its retention.");
  }
  const [deaths, replays] = await Promise.all([deathsOf(asker, id), replaysOf(asker, id, letter.topic)]);
  const valueCut = message.bytes > toldValueBytes;
  return {
    letter,
    key: message.key && toldBytes(message.key),
    value: message.value && toldBytes(message.value, { cut: valueCut }),
    valueCut,
    headers: message.headers.map(({ name, value }) => ({ name, value: value && toldBytes(value) })),
    messageAt: message.messageAt,
    deaths,
    replays,
    stored: await isStored(replays.at(-1), asker),
    notReplayable: whyNotReplayable(message),
    replay: offerOf(kafka),
  };
}

async function isStored(
  newest: DeadLetterDetail["replays"][number] | undefined,
  asker: Answering["asker"],
): Promise<boolean | null> {
  if (!newest?.place || newest.sagaId === null) return null;
  return await isEventStored(asker, newest.sagaId, newest.place);
}

/** What the dashboard needs Kafka for, and cannot do without it. */
export function offerOf(kafka: Answering["kafka"]): ReplayOffer {
  if (kafka) return { available: true, why: null };
  return { available: false, why: "The dashboard is not told where Kafka is: set KAFKA_BROKERS for it." };
}
