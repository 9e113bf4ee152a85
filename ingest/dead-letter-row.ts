import { letterId, readPlace, replayHeader } from "#contracts/dead-letter.ts";
import type { Dead } from "./encoded.ts";
import { headerList, headerOf, type Message } from "./message.ts";

/** Rows of `dead_letters`, a line of JSONCompactEachRow each. Of one message's records each is numbered, from 1. */
export function deadLetterRows(dead: readonly Dead[], atMs: number): Buffer[] {
  const parts = new Map<bigint, number>();
  return dead.map((one) => {
    const part = one.isPart ? (parts.get(one.message.offset) ?? (one.firstPart ?? 1) - 1) + 1 : 0;
    if (part > 0) parts.set(one.message.offset, part);
    return deadLetterRow(one, { part, atMs });
  });
}

/** Keys, values and headers are the message's own bytes. Words may quote half a character of it, which the store refuses. */
function deadLetterRow({ message, death }: Dead, { part, atMs }: { part: number; atMs: number }): Buffer {
  const { topic, partition, offset, key, value } = message;
  const headers = headerList(message);
  return Buffer.concat([
    Buffer.from(`[${JSON.stringify(topic)},${partition},${offset},`),
    quoted(key),
    comma,
    quoted(value),
    Buffer.from(`,${JSON.stringify(headersAsText(headers))},[`),
    ...headers.flatMap(({ name, value: bytes }, index) => [
      Buffer.from(`${index > 0 ? "," : ""}{"name":${JSON.stringify(name.toWellFormed())},"value":`),
      bytes === null ? Buffer.from("null") : quoted(bytes),
      Buffer.from("}"),
    ]),
    Buffer.from(`],${key === null},${value === null},${part},${JSON.stringify(replayedLetter(message))},`),
    Buffer.from(`${JSON.stringify(death.reason)},${JSON.stringify(death.detail.toWellFormed())},`),
    Buffer.from(`${whole(message.timeMs)},${whole(atMs)}]\n`),
  ]);
}

const comma = Buffer.from(",");

const sliceBytes = 1 << 20;

/**
 * Bytes as a JSON string: the store keeps what is between the quotes, UTF-8 or not, and takes control characters as they are. By slices:
 * a value may be longer than a text can be.
 */
function quoted(bytes: Uint8Array | null): Buffer {
  const slices = [quote];
  for (let at = 0; at < (bytes?.length ?? 0); at += sliceBytes) {
    const slice = bytes?.subarray(at, at + sliceBytes) ?? quote;
    const text = Buffer.from(slice.buffer, slice.byteOffset, slice.length).toString("latin1");
    slices.push(Buffer.from(text.replace(/["\\]/g, "\\$&"), "latin1"));
  }
  return Buffer.concat([...slices, quote]);
}

const quote = Buffer.from('"');

/** For people who look with SQL; `header_list` has the bytes. */
function headersAsText(headers: readonly { name: string; value: Buffer | null }[]): Record<string, string> {
  const texts = new Map<string, string[]>();
  for (const { name, value } of headers) texts.set(name, [...(texts.get(name) ?? []), String(value ?? "")]);
  return Object.fromEntries([...texts].map(([name, values]) => [name, values.join(",")]));
}

/** The letter that a message is the replay of, or nothing. */
function replayedLetter(message: Message): string {
  const place = readPlace(headerOf(message, replayHeader) ?? "");
  return place?.topic === message.topic ? letterId(place) : "";
}

/** ms since the epoch within what the store's clock holds. */
function whole(ms: number): number {
  return Number.isSafeInteger(ms) && ms > 0 ? Math.min(ms, 7_258_118_400_000) : 0;
}
