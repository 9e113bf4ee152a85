import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { SagaCursor, SagaOrder } from "#store/clickhouse/queries/list-sagas.ts";

const Written = z.tuple([z.string(), z.number(), z.number(), z.string().max(256)]);

/** A cursor as text: where a page in this order ended. */
export function writeCursor(last: SagaSummary, order: SagaOrder): string {
  const startedMs = Date.parse(last.startedAt);
  const valueMs = { started: startedMs, duration: last.durationMs, lastEvent: Date.parse(last.lastEventAt) }[order.by];
  const written = [`${order.by}.${order.direction}`, valueMs, startedMs, last.id] satisfies z.input<typeof Written>;
  return Buffer.from(JSON.stringify(written)).toString("base64url");
}

/** Reads a cursor back; throws `BAD_REQUEST` for one that is not ours or comes from another order. */
export function readCursor(text: string, order: SagaOrder): SagaCursor {
  const refused = new SagascopeError(
    "BAD_REQUEST",
    "cursor: take it from `next` of the page before, in the same order.",
  );
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    throw refused;
  }
  const parsed = Written.safeParse(content);
  if (!parsed.success || parsed.data[0] !== `${order.by}.${order.direction}`) throw refused;
  const [, valueMs, startedMs, id] = parsed.data;
  return { valueMs, startedMs, id };
}
