import { z } from "zod";
import type { DeadLetter } from "#contracts/api/dead-letters.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { DeadLetterCursor } from "#store/clickhouse/queries/dead-letters.ts";
import type { LogCursor } from "#store/clickhouse/queries/list-logs.ts";
import type { SagaCursor, SagaOrder } from "#store/clickhouse/queries/list-sagas.ts";
import type { TraceCursor } from "#store/clickhouse/queries/list-traces.ts";
import type { EventCursor } from "#store/clickhouse/queries/saga-events-page.ts";

const Written = z.tuple([z.string(), z.number(), z.number(), z.string().max(256)]);

/** A cursor as text: where a page in this order ended. */
export function writeCursor(last: SagaSummary, order: SagaOrder): string {
  const startedMs = Date.parse(last.startedAt);
  const valueMs = { started: startedMs, duration: last.durationMs, lastEvent: Date.parse(last.lastEventAt) }[order.by];
  const written = [`${order.by}.${order.direction}`, valueMs, startedMs, last.id] satisfies z.input<typeof Written>;
  return encode(written);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours or comes from another order. */
export function readCursor(text: string, order: SagaOrder): SagaCursor {
  const inThisOrder = Written.refine(([written]) => written === `${order.by}.${order.direction}`);
  const [, valueMs, startedMs, id] = decode(text, inThisOrder);
  return { valueMs, startedMs, id };
}

const WrittenDeadLetter = z.tuple([z.literal("dead"), z.number(), z.string().max(300)]);

/** A cursor as text: where a page of dead letters ended. */
export function writeDeadLetterCursor({ deadAt, id }: Pick<DeadLetter, "deadAt" | "id">): string {
  return encode(["dead", Date.parse(deadAt), id] satisfies z.input<typeof WrittenDeadLetter>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readDeadLetterCursor(text: string): DeadLetterCursor {
  const [, deadMs, id] = decode(text, WrittenDeadLetter);
  return { deadMs, id };
}

const NanoTime = z.iso.datetime({ precision: 9 }).regex(/^2[01]/);
const Uint64 = z.string().refine((text) => BigInt(text) < 2n ** 64n);
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

const WrittenTrace = z.tuple([z.literal("trace"), NanoTime, z.string().max(256)]);

/** A cursor as text: where a page of traces ended. */
export function writeTraceCursor({ startedAt, id }: TraceCursor): string {
  return encode(["trace", startedAt, id] satisfies z.input<typeof WrittenTrace>);
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours. */
export function readTraceCursor(text: string): TraceCursor {
  const [, startedAt, id] = decode(text, WrittenTrace);
  return { startedAt, id };
}

const WrittenEvent = z.tuple([z.literal("event"), NanoTime, z.string().max(256)]);

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
    throw new SagascopeError("BAD_REQUEST", "cursor: take it from `next` of the page before, in the same order.", {
      cause,
    });
  }
}
