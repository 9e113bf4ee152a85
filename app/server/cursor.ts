import { z } from "zod";
import type { DeadLetter } from "#contracts/api/dead-letters.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { Text } from "#contracts/ids.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { DeadLetterCursor } from "#store/clickhouse/queries/dead-letters.ts";
import type { LogCursor } from "#store/clickhouse/queries/list-logs.ts";
import type { TraceCursor } from "#store/clickhouse/queries/list-traces.ts";
import type { EventCursor } from "#store/clickhouse/queries/saga-events-page.ts";
import {
  type SagaCursor,
  type SagaOrder,
  type SortValue,
  sortedLetters,
  sortValues,
} from "#store/clickhouse/queries/saga-order.ts";
import { storedMs } from "#store/clickhouse/queries/saga-place.ts";

/** A moment, within what the store can compare. */
const Moment = z
  .int()
  .min(0)
  .max(Date.UTC(2299, 0, 1));
const written = {
  moment: z.tuple([z.string(), Moment, Moment, Text.max(256)]),
  number: z.tuple([z.string(), z.int(), Moment, Text.max(256)]),
  text: z.tuple([z.string(), Text.max(2 * sortedLetters), Moment, Text.max(256)]),
} as const satisfies Record<SortValue["kind"], z.ZodType>;

/** A cursor as text: where a page in this order ended. */
export function writeCursor(last: SagaSummary, order: SagaOrder): string {
  return encode([wordOf(order), sortValues[order.by].of(last), storedMs(last), last.id]);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours or comes from another order. */
export function readCursor(text: string, order: SagaOrder): SagaCursor {
  const [word, value, startedMs, id] = decode(text, written[sortValues[order.by].kind]);
  if (word !== wordOf(order)) throw notOurs();
  return { value, startedMs, id };
}

const wordOf = ({ by, direction }: SagaOrder) => `${by}.${direction}`;

const WrittenDeadLetter = z.tuple([z.literal("dead"), Moment, Text.max(300)]);

/** A cursor as text: where a page of dead letters ended. */
export function writeDeadLetterCursor({ deadAt, id }: Pick<DeadLetter, "deadAt" | "id">): string {
  return encode(["dead", Date.parse(deadAt), id] satisfies z.input<typeof WrittenDeadLetter>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readDeadLetterCursor(text: string): DeadLetterCursor {
  const [, deadMs, id] = decode(text, WrittenDeadLetter);
  return { deadMs, id };
}

const NanoTime = z.iso.datetime({ precision: 9 }).regex(/^(?:19[7-9]|2[01])/);
const Uint64 = z
  .string()
  .regex(/^\d{1,20}$/)
  .refine((text) => BigInt(text) < 2n ** 64n);
const WrittenLog = z.tuple([z.literal("log"), NanoTime, Uint64, z.number().int().min(1).max(4e9)]);

/** A cursor as text: where a page of log lines ended. */
export function writeLogCursor({ time, key, given }: LogCursor): string {
  return encode(["log", time, key, given] satisfies z.input<typeof WrittenLog>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readLogCursor(text: string): LogCursor {
  const [, time, key, given] = decode(text, WrittenLog);
  return { time, key, given };
}

const WrittenTrace = z.tuple([z.literal("trace"), NanoTime, Text.max(256)]);

/** A cursor as text: where a page of traces ended. */
export function writeTraceCursor({ startedAt, id }: TraceCursor): string {
  return encode(["trace", startedAt, id] satisfies z.input<typeof WrittenTrace>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readTraceCursor(text: string): TraceCursor {
  const [, startedAt, id] = decode(text, WrittenTrace);
  return { startedAt, id };
}

const WrittenEvent = z.tuple([z.literal("event"), NanoTime, Text.max(256)]);

/** A cursor as text: where a page of a saga's events ended. */
export function writeEventCursor({ time, id }: EventCursor): string {
  return encode(["event", time, id] satisfies z.input<typeof WrittenEvent>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readEventCursor(text: string): EventCursor {
  const [, time, id] = decode(text, WrittenEvent);
  return { time, id };
}

const encode = (written: readonly unknown[]) => Buffer.from(JSON.stringify(written)).toString("base64url");

function decode<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch (cause) {
    throw notOurs(cause);
  }
}

const notOurs = (cause?: unknown) =>
  new SagascopeError("BAD_REQUEST", "cursor: take it from `next` of the page before, in the same order.", { cause });
