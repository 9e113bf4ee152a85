import type { Readable } from "node:stream";
import { constants, createZstdCompress, type ZstdCompress, zstdCompressSync } from "node:zlib";

/** Whoever sends much compresses it: that costs less than to hand it through a network and a server as it is. */
export const ofCompressed = { "Content-Encoding": "zstd" } as const;

const chunkSize = 65_536;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** A piece of a body, compressed by itself: several, one after the other, are a body. */
export const packed = (piece: Uint8Array): Buffer => zstdCompressSync(piece, { chunkSize, params });

/**
 * A body for `ofCompressed`. The next piece is asked for once the one before has been read to its end, so that the bytes of one may
 * hold the next.
 */
export function compressedBody(pieces: Iterable<Uint8Array>): Readable {
  const encoder = createZstdCompress({ chunkSize, params });
  // Whoever reads it is told of what fails, also where that was before they came; nobody else is.
  encoder.on("error", () => undefined);
  writeAll(encoder, pieces).then(
    () => encoder.end(),
    (error: Error) => encoder.destroy(error),
  );
  return encoder;
}

async function writeAll(encoder: ZstdCompress, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces)
    await new Promise<void>((resolve, reject) => {
      encoder.write(piece, (error) => (error ? reject(error) : resolve()));
    });
}
