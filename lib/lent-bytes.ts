/** How many hold a part of each memory that was lent. */
const holders = new WeakMap<ArrayBufferLike, number>();

/**
 * So many bytes, of which several may `hold` a part. They are given back once the last of these lets go: the collector would take its
 * time over it, and has to look through all else to find that nobody needs them.
 */
export function lend(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  holders.set(bytes.buffer, 0);
  return bytes;
}

/** Takes bytes for lent, where they are all of a memory that nobody else has a part of. */
export function adopt({ buffer, length }: Buffer): void {
  if (buffer.byteLength === length) holders.set(buffer, 0);
}

/** Keeps the memory that these bytes are a part of, if it was lent. */
export function hold({ buffer }: Buffer): void {
  const count = holders.get(buffer);
  if (count !== undefined) holders.set(buffer, count + 1);
}

/** To be called once for each `hold`, by who does not look at these bytes again, nor lets anybody else. */
export function letGo({ buffer }: Buffer): void {
  const count = holders.get(buffer);
  if (count === undefined) return;
  holders.set(buffer, count - 1);
  if (count > 1) return;
  holders.delete(buffer);
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
