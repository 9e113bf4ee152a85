import type { Death, Message } from "./message.ts";

/** A row of `dead_letters` as a line of JSONCompactEachRow; its key and value are the message's own bytes. */
export function deadLetterRow(message: Message, { reason, detail }: Death, atMs: number): Buffer {
  const { topic, partition, offset } = message;
  return Buffer.concat([
    Buffer.from(`[${JSON.stringify(topic)},${partition},${offset},`),
    quoted(message.key),
    comma,
    quoted(message.value),
    Buffer.from(`,${JSON.stringify(headersOf(message))},`),
    Buffer.from(`${JSON.stringify(reason)},${JSON.stringify(detail)},${whole(message.timeMs)},${whole(atMs)}]\n`),
  ]);
}

const comma = Buffer.from(",");

/** Bytes as a JSON string: the store keeps what is between the quotes, UTF-8 or not. */
function quoted(bytes: Uint8Array | null): Buffer {
  const text = bytes === null ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Buffer.from(JSON.stringify(text), "latin1");
}

function headersOf(message: Message): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value.toString();
  }
  return headers;
}

/** ms since the epoch within what the store's clock holds. */
function whole(ms: number): number {
  return Number.isSafeInteger(ms) && ms > 0 ? Math.min(ms, 7_258_118_400_000) : 0;
}
