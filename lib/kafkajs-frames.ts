import { createRequire } from "node:module";
import { isIP, connect as overTcp, type Socket } from "node:net";
import { connect as overTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { SagascopeError } from "./errors.ts";
import { lend } from "./lent-bytes.ts";

/** The part of kafkajs's connection that is mended here. */
interface Connection {
  chunks: readonly Buffer[];
  readonly bytesBuffered: number;
  processData(bytes: Buffer): void;
}

/**
 * kafkajs 2.2.4 puts what came together anew with each answer, although what was left of the one before is nothing: with
 * whole answers from `connectInFrames`, nothing of them is copied any more.
 */
export function mendChunks(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/network/connection.js") as {
    prototype: Connection;
  };
  const { processData } = prototype;
  prototype.processData = function (this: Connection, bytes) {
    processData.call(this, bytes);
    if (this.bytesBuffered === 0) this.chunks = [];
  };
}

const keepAliveMs = 60_000;
const readBytes = 256 * 1024;

/**
 * Connects to a broker as kafkajs does, but reads into the same bytes again and again, and tells of whole answers. What is
 * read in a memory of its own, piece by piece, and then put together, has V8 collect garbage twenty times a second where
 * much is read.
 */
export const connectInFrames: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const frames = new Frames();
  const read = (bytes: Buffer) => {
    try {
      for (const frame of frames.take(bytes)) socket.emit("data", frame);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback: (count: number, bytes: Uint8Array) => {
      read(Buffer.from(bytes.buffer, bytes.byteOffset, count));
      return true;
    },
  };
  const to = { host, port, onread };
  const secured = { ...to, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl };
  const socket: Socket = ssl ? overTls(secured, onConnect) : overTcp(to, onConnect);
  return socket.setKeepAlive(true, keepAliveMs);
};

const lengthBytes = 4;
/** Of smaller answers the collector has little to do. */
const lentFrom = 32 * 1024;
/** What no broker answers at once: a fetch is limited to far less. What TLS says first reads as a little more than this. */
const mostBytes = 300_000_000;

/** Puts answers together, each with its length before it. */
export class Frames {
  readonly #length = Buffer.alloc(lengthBytes);
  #lengthAt = 0;
  #frame: Buffer | undefined;
  #at = 0;

  /** The answers that end with these bytes, which are copied. Throws `BAD_SETTING` where it cannot be Kafka that speaks. */
  *take(bytes: Buffer): Generator<Buffer> {
    for (let from = 0; from < bytes.length; ) {
      if (!this.#frame) {
        const copied = bytes.copy(this.#length, this.#lengthAt, from);
        this.#lengthAt += copied;
        from += copied;
        if (this.#lengthAt < lengthBytes) return;
        this.#frame = this.#begin();
      }
      const copied = bytes.copy(this.#frame, this.#at, from);
      this.#at += copied;
      from += copied;
      if (this.#at < this.#frame.length) return;
      const whole = this.#frame;
      this.#frame = undefined;
      yield whole;
    }
  }

  #begin(): Buffer {
    const length = this.#length.readInt32BE();
    if (length < 0 || length > mostBytes)
      throw new SagascopeError(
        "BAD_SETTING",
        "That is no Kafka broker, or it wants TLS: look at KAFKA_BROKERS and KAFKA_TLS.",
      );
    const frame = length < lentFrom ? Buffer.allocUnsafe(lengthBytes + length) : lend(lengthBytes + length);
    this.#at = this.#length.copy(frame);
    this.#lengthAt = 0;
    return frame;
  }
}
