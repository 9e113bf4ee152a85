import { Transform } from "node:stream";
import { exception } from "./exception.ts";

const magic = 0x184d2204;
/** How far back a match may point. */
const windowBytes = 64 * 1024;

interface Frame {
  readonly maxBlockBytes: number;
  readonly hasBlockChecksum: boolean;
  readonly hasContentChecksum: boolean;
}

const broken = (why: string) => exception("CANNOT_DECOMPRESS", `Cannot decompress lz4: ${why}`);

/** A stream that reads LZ4 frames (one or several, blocks linked or not) and gives what was compressed. Checksums are passed over. */
export function createLz4Decoder(): Transform {
  let pending: Buffer = Buffer.alloc(0);
  let frame: Frame | undefined;
  let history: Buffer = Buffer.alloc(0);

  /** Reads one header, block or end mark off `pending`; `undefined` when it is not all there yet. */
  function step(): Buffer | undefined {
    if (frame === undefined) {
      const header = readHeader(pending);
      if (header === undefined) return undefined;
      frame = header.frame;
      history = Buffer.alloc(0);
      pending = pending.subarray(header.bytes);
      return Buffer.alloc(0);
    }
    if (pending.length < 4) return undefined;
    const size = pending.readUInt32LE(0);
    if (size === 0) {
      const bytes = 4 + (frame.hasContentChecksum ? 4 : 0);
      if (pending.length < bytes) return undefined;
      pending = pending.subarray(bytes);
      frame = undefined;
      return Buffer.alloc(0);
    }
    return block(size, frame);
  }

  function block(size: number, { maxBlockBytes, hasBlockChecksum }: Frame): Buffer | undefined {
    const bytes = size & 0x7fff_ffff;
    if (bytes > maxBlockBytes) throw broken("a block is larger than its frame allows");
    const whole = 4 + bytes + (hasBlockChecksum ? 4 : 0);
    if (pending.length < whole) return undefined;
    const source = pending.subarray(4, 4 + bytes);
    pending = pending.subarray(whole);
    const content = size >= 0x8000_0000 ? Buffer.from(source) : decodeBlock(source, history, maxBlockBytes);
    history = (content.length >= windowBytes ? content : Buffer.concat([history, content])).subarray(-windowBytes);
    return content;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      try {
        for (let part = step(); part !== undefined; part = step()) if (part.length > 0) this.push(part);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      done(frame === undefined && pending.length === 0 ? null : broken("it ends within a frame"));
    },
  });
}

function readHeader(from: Buffer): { frame: Frame; bytes: number } | undefined {
  if (from.length < 7) return undefined;
  if (from.readUInt32LE(0) !== magic) throw broken("not a frame");
  const flags = from.readUInt8(4);
  if (flags >> 6 !== 1) throw broken("unknown version");
  const bytes = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  if (from.length < bytes) return undefined;
  const sizeId = (from.readUInt8(5) >> 4) & 7;
  if (sizeId < 4) throw broken("unknown block size");
  const maxBlockBytes = 1 << (8 + 2 * sizeId);
  return {
    bytes,
    frame: { maxBlockBytes, hasBlockChecksum: (flags & 0x10) !== 0, hasContentChecksum: (flags & 0x04) !== 0 },
  };
}

/** Decodes one block; matches may reach into `history`. */
function decodeBlock(source: Buffer, history: Buffer, maxBytes: number): Buffer {
  const out = Buffer.allocUnsafe(history.length + maxBytes);
  history.copy(out);
  const state = { read: 0, write: history.length };
  while (state.read < source.length) {
    const token = source[state.read++] ?? 0;
    copyLiterals(source, out, { state, length: lengthOf(source, state, token >> 4) });
    if (state.read >= source.length) break;
    if (state.read + 2 > source.length) throw broken("a match has no offset");
    const offset = source.readUInt16LE(state.read);
    state.read += 2;
    copyMatch(out, { state, offset, length: lengthOf(source, state, token & 15) + 4 });
  }
  return out.subarray(history.length, state.write);
}

interface Cursor {
  read: number;
  write: number;
}

function lengthOf(source: Buffer, state: Cursor, nibble: number): number {
  let length = nibble;
  if (nibble < 15) return length;
  for (;;) {
    const more = source[state.read++];
    if (more === undefined) throw broken("a length has no end");
    length += more;
    if (more < 255) return length;
  }
}

function copyLiterals(source: Buffer, out: Buffer, { state, length }: { state: Cursor; length: number }): void {
  if (state.read + length > source.length || state.write + length > out.length) throw broken("literals run over");
  source.copy(out, state.write, state.read, state.read + length);
  state.read += length;
  state.write += length;
}

function copyMatch(out: Buffer, { state, offset, length }: { state: Cursor; offset: number; length: number }): void {
  if (offset === 0 || offset > state.write || state.write + length > out.length) throw broken("a match points outside");
  // A match may overlap what it writes: what is there doubles with each copy.
  let done = 0;
  while (done < length) {
    const part = Math.min(offset + done, length - done);
    out.copyWithin(state.write + done, state.write - offset, state.write - offset + part);
    done += part;
  }
  state.write += length;
}
