import { letterId, readPlace, replayHeader } from "#contracts/dead-letter.ts";
import { pieceBytes } from "#store/clickhouse/inserts/compressed-body.ts";
import type { PackedBody } from "#store/clickhouse/inserts/insert-block.ts";
import type { Dead } from "./encoded.ts";
import { headerList } from "./message.ts";
import type { Strip } from "./native/strip.ts";
import { PackedLines } from "./packed-lines.ts";

type Headers = ReturnType<typeof headerList>;

/** Rows of `dead_letters`, a line of JSONCompactEachRow each. Of one message's records each is numbered, from 1. */
export function deadLetterRows(dead: readonly Dead[], atMs: number): PackedBody {
  const parts = new Map<bigint, number>();
  const lines = new PackedLines(pieceBytes);
  for (const one of dead) {
    const part = one.isPart ? (parts.get(one.message.offset) ?? (one.firstPart ?? 1) - 1) + 1 : 0;
    if (part > 0) parts.set(one.message.offset, part);
    writeRow(lines.strip, one, { part, atMs });
    lines.added();
  }
  return lines.take();
}

/** Keys, values and headers are the message's own bytes. Words may quote half a character of it, which the store refuses. */
function writeRow(lines: Strip, { message, death }: Dead, { part, atMs }: { part: number; atMs: number }): void {
  const { topic, partition, offset, key, value } = message;
  const headers = headerList(message);
  lines.unmeasured(`[${JSON.stringify(topic)},${partition},${offset},`);
  writeQuoted(lines, key);
  lines.unmeasured(",");
  writeQuoted(lines, value);
  lines.unmeasured(`,${JSON.stringify(headersAsText(headers))},[`);
  for (const [index, { name, value: bytes }] of headers.entries()) {
    lines.unmeasured(`${index > 0 ? "," : ""}{"name":${JSON.stringify(name.toWellFormed())},"value":`);
    if (bytes === null) lines.unmeasured("null");
    else writeQuoted(lines, bytes);
    lines.unmeasured("}");
  }
  lines.unmeasured(
    `],${key === null},${value === null},${part},${JSON.stringify(replayedLetter(topic, headers))},` +
      `${JSON.stringify(death.reason)},${JSON.stringify(death.detail.toWellFormed())},` +
      `${whole(message.timeMs)},${whole(atMs)}]\n`,
  );
}

const [quote, backslash] = [0x22, 0x5c];

/** Bytes as a JSON string: the store keeps what is between the quotes, UTF-8 or not, and takes control characters as they are. */
function writeQuoted(lines: Strip, source: Uint8Array | null): void {
  const length = source?.length ?? 0;
  lines.reserve(2 * length + 2);
  const { bytes } = lines;
  let { at } = lines;
  bytes[at++] = quote;
  for (let index = 0; index < length; index++) {
    const byte = source?.[index] ?? 0;
    if (byte === quote || byte === backslash) bytes[at++] = backslash;
    bytes[at++] = byte;
  }
  bytes[at++] = quote;
  lines.at = at;
}

/** For people who look with SQL; `header_list` has the bytes. */
function headersAsText(headers: Headers): Record<string, string> {
  const texts = new Map<string, string[]>();
  for (const { name, value } of headers) texts.set(name, [...(texts.get(name) ?? []), String(value ?? "")]);
  return Object.fromEntries([...texts].map(([name, values]) => [name, values.join(",")]));
}

/** The letter that a message is the replay of, or nothing. */
function replayedLetter(topic: string, headers: Headers): string {
  const place = readPlace(String(headers.find(({ name }) => name === replayHeader)?.value ?? ""));
  return place?.topic === topic ? letterId(place) : "";
}

/** ms since the epoch within what the store's clock holds. */
function whole(ms: number): number {
  return Number.isSafeInteger(ms) && ms > 0 ? Math.min(ms, 7_258_118_400_000) : 0;
}
