import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import kafkajs from "kafkajs";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress, uncompress } from "snappy";

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** How kafkajs compresses what it sends and reads what others compressed. */
interface Codec {
  readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer>;
  readonly decompress: (compressed: Buffer) => Promise<Buffer>;
}

/** kafkajs brings gzip alone, and ends a consumer for good at a batch compressed in another way. */
export function installCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec;
}

// Java's clients frame snappy as the library xerial does: this, two versions, then blocks behind their length.
const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const xerialMark = xerial.subarray(0, 8);
const lengthBytes = 4;

export const snappyCodec: Codec = {
  compress: async ({ buffer }) => {
    const block = await compress(buffer);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(block.length);
    return Buffer.concat([xerial, length, block]);
  },
  decompress: async (compressed) => Buffer.concat(await Promise.all(snappyBlocks(compressed).map(plain))),
};

const plain = (block: Buffer): Promise<Buffer> => uncompress(block, { asBuffer: true }) as Promise<Buffer>;

/** The blocks of xerial's frame; librdkafka and others send one block without a frame. */
function snappyBlocks(compressed: Buffer): Buffer[] {
  if (!compressed.subarray(0, xerialMark.length).equals(xerialMark)) return [compressed];
  const blocks: Buffer[] = [];
  for (let at = xerial.length; at < compressed.length; ) {
    const begin = at + lengthBytes;
    at = begin + compressed.readUInt32BE(at);
    blocks.push(compressed.subarray(begin, at));
  }
  return blocks;
}

export const lz4Codec: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (compressed) => decompressFrame(compressed),
};

const toZstd = promisify(zstdCompress);
const fromZstd = promisify(zstdDecompress);

export const zstdCodec: Codec = {
  compress: ({ buffer }) => toZstd(buffer),
  decompress: (compressed) => fromZstd(compressed),
};
