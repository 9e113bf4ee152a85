import type { Bytes } from "#contracts/api/dead-letters.ts";

const bytesInRow = 16;

export interface HexRow {
  readonly at: string;
  readonly hex: string;
  readonly text: string;
}

/** Bytes in rows of sixteen, as far as `most` rows go. */
export function hexRows(bytes: Uint8Array, most: number): HexRow[] {
  return Array.from({ length: Math.min(most, Math.ceil(bytes.length / bytesInRow)) }, (_, row) => {
    const some = [...bytes.subarray(row * bytesInRow, (row + 1) * bytesInRow)];
    return {
      at: (row * bytesInRow).toString(16).padStart(6, "0"),
      hex: some.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      text: some.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join(""),
    };
  });
}

/** What an answer tells of bytes, as bytes. */
export function toBytes({ encoding, content }: Bytes): Uint8Array {
  if (encoding === "text") return new TextEncoder().encode(content);
  return Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
}
