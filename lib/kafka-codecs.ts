import { promisify } from "node:util";
import { gzip, unzip, zstdCompress, zstdDecompress } from "node:zlib";
import kafkajs from "kafkajs";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress, uncompress } from "snappy";

const { CompressionCodecs, CompressionTypes } = kafkajs;

/**
 * What a batch may unpack to. No producer gathers as much (Java's has 32 MiB for all its batches together): beyond it a few
 * bytes, that unpack to a thousand times as many, take the memory of whoever reads them.
 */
export const mostUnpackedBytes = 64 * 1024 * 1024;

/** A batch is too large to be unpacked. */
export class TooLargeUnpacked extends Error {
  constructor(options?: ErrorOptions) {
    super(`The compressed batch unpacks to more than ${mostUnpackedBytes} bytes`, options);
  }
}

/** How kafkajs compresses what it sends and reads what others compressed. */
interface Codec {
  readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer>;
  readonly decompress: (compressed: Buffer) => Promise<Buffer>;
}

/** kafkajs brings gzip alone, without a limit, and ends a consumer for good at a batch compressed in another way. */
export function installCodecs(): void {
  CompressionCodecs[CompressionTypes.GZIP] = () => gzipCodec;
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
  decompress: async (compressed) => {
    const blocks = snappyBlocks(compressed);
    refuseAbove(blocks.reduce((sum, block) => sum + plainLength(block), 0));
    return Buffer.concat(await Promise.all(blocks.map(plain)));
  },
};

function refuseAbove(bytes: number): void {
  if (bytes > mostUnpackedBytes) throw new TooLargeUnpacked();
}

/** What a block of snappy unpacks to stands before it, seven bits a byte. */
function plainLength(block: Buffer): number {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  return length;
}

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
  decompress: async (compressed) => {
    refuseAbove(mostOfLz4(compressed));
    return await decompressFrame(compressed);
  },
};

const lz4 = { longestBlock: [0, 0, 0, 0, 65_536, 262_144, 1_048_576, 4_194_304], mostTimes: 255 };

/** What a frame of LZ4 unpacks to at most: the format has blocks of a certain length, and a byte says no more than 255. */
function mostOfLz4(frame: Buffer): number {
  const flags = frame[4] ?? 0;
  const longest = lz4.longestBlock[((frame[5] ?? 0) >> 4) & 7] ?? 0;
  const [hasChecksums, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let most = 0;
  for (let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0); at + 4 <= frame.length; ) {
    const head = frame.readUInt32LE(at);
    if (head === 0) break;
    const length = head & 0x7fff_ffff;
    most += head > 0x7fff_ffff ? length : Math.min(longest, lz4.mostTimes * length);
    at += 4 + length + (hasChecksums ? 4 : 0);
  }
  return most;
}

const limited = { maxOutputLength: mostUnpackedBytes };

/** By Node's own library, which says with this code that the limit is passed. */
async function unpack(work: Promise<Buffer>): Promise<Buffer> {
  try {
    return await work;
  } catch (error) {
    const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge ? new TooLargeUnpacked({ cause: error }) : error;
  }
}

const toGzip = promisify(gzip);
const fromGzip = promisify<Buffer, typeof limited, Buffer>(unzip);

export const gzipCodec: Codec = {
  compress: ({ buffer }) => toGzip(buffer),
  decompress: (compressed) => unpack(fromGzip(compressed, limited)),
};

const toZstd = promisify(zstdCompress);
const fromZstd = promisify<Buffer, typeof limited, Buffer>(zstdDecompress);

export const zstdCodec: Codec = {
  compress: ({ buffer }) => toZstd(buffer),
  decompress: (compressed) => unpack(fromZstd(compressed, limited)),
};
