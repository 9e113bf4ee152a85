import { isUtf8 } from "node:buffer";
import type { Death, Message } from "./message.ts";

/** An event is a fact, not a file: beyond this, what it carries belongs elsewhere. */
export const maxEventBytes = 1_048_576;

/** The text that a message's value is. */
export function readText(message: Message): { kind: "text"; text: string } | ({ kind: "dead" } & Death) {
  const { value } = message;
  if (value === null) return { kind: "dead", ...deathWithoutValue(message) };
  if (value.byteLength > maxEventBytes) {
    const detail = `The event has ${value.byteLength} bytes; at most ${maxEventBytes} are taken.`;
    return { kind: "dead", reason: "too_large", detail };
  }
  if (!isUtf8(value)) return { kind: "dead", reason: "bad_utf8", detail: "The value is not UTF-8." };
  return { kind: "text", text: value.toString("utf8") };
}

/** Why a message that has no value cannot be stored. */
export const deathWithoutValue = ({ unread }: Pick<Message, "unread">): Death =>
  unread === undefined
    ? { reason: "tombstone", detail: "The message has no value; nothing that was stored is ever deleted." }
    : { reason: "too_large", detail: `${unread}. Its place tells where Kafka has it, for as long as Kafka keeps it.` };
