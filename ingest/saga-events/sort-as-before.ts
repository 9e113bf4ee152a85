import { isUtf8 } from "node:buffer";
import type { Message, Messages } from "#ingest/message.ts";
import { maxEventBytes } from "#ingest/read-text.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";

/** A chunk's messages: those that the store used to read itself, and those that were read here. */
export interface Sorted {
  readonly plain: readonly Message[];
  readonly odd: readonly Message[];
}

/**
 * Sorts the messages of a chunk that a release decided which stored the plain and the odd ones in two inserts, each under a token of
 * its own: whoever goes on with it must find the same two, or rows would be lost or stored twice.
 */
export function sortAsBefore(messages: Messages): Sorted {
  const plain: Message[] = [];
  const odd: Message[] = [];
  const days = new Set<string>();
  for (const message of messages) {
    const day = dayOfPlain(message);
    if (day !== undefined) days.add(day);
    (day === undefined ? odd : plain).push(message);
  }
  return days.size > daysAnInsert ? { plain: [], odd: [...messages] } : { plain, odd };
}

const sagastarted = '"sagastarted"';

/** The day that a plain message's saga began on; undefined where the message is odd. */
function dayOfPlain(message: Message): string | undefined {
  const { value } = message;
  if (value === null || value.length > maxEventBytes || message.hasHeader("ce_specversion") || !isUtf8(value)) return;
  const text = value.toString("latin1");
  const [, behind, ...more] = text.split(sagastarted);
  if (behind === undefined || more.length > 0 || !text.startsWith("{") || isOdd(text)) return;
  return behind.slice(behind.indexOf('"') + 1).slice(0, "2026-01-02".length);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const oddText = /"payload"|"__proto__"|[\0-\x1f]/;
const plainEscape = /\\["\\/bfnrt]/g;

/** Whether there are control characters in it, or escapes that are not JSON's or are of a character's number. */
const isOdd = (text: string): boolean => oddText.test(text) || text.replaceAll(plainEscape, "").includes("\\");
