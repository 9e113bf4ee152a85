import { constants, zstdCompressSync } from "node:zlib";

/** Whoever sends much compresses it: that costs less than to hand it through a network and a server as it is. */
export const ofCompressed = { "Content-Encoding": "zstd" } as const;

const chunkSize = 65_536;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** A piece of a body, compressed by itself: several, one after the other, are a body. */
export const packed = (piece: Uint8Array): Buffer => zstdCompressSync(piece, { chunkSize, params });

/** So much is compressed at a time: nothing else has to wait for long, and little is held that is not compressed yet. */
export const pieceBytes = 2 << 20;

/** A body for `ofCompressed`: each slice of it is compressed when it is asked for. */
export function* compressedBody(pieces: Iterable<Uint8Array>): Generator<Buffer> {
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += pieceBytes) yield packed(piece.subarray(at, at + pieceBytes));
}
