import { isUtf8 } from "node:buffer";
import type { Bytes } from "#contracts/api/dead-letters.ts";

/** Whether bytes can be read as text and written back the same. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/** Bytes for an answer: as text where they are text. Where `cut` is true, they may end within a character. */
export function toldBytes(bytes: Buffer, { cut = false } = {}): Bytes {
  const whole = cut ? bytes.subarray(0, lastCharacterEnd(bytes)) : bytes;
  if (isText(whole)) return { encoding: "text", content: whole.toString("utf8") };
  return { encoding: "base64", content: bytes.toString("base64") };
}

/** What was told, as bytes. */
export const bytesOf = ({ encoding, content }: Bytes): Buffer =>
  Buffer.from(content, encoding === "text" ? "utf8" : "base64");

/** Where the last character that is surely whole ends. */
function lastCharacterEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) return bytes.length;
  }
  return bytes.length;
}
