import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip as gunzipWithCallback, inflate as inflateWithCallback } from "node:zlib";
import { Refusal } from "./refusal.ts";

const gunzip = promisify(gunzipWithCallback);
const inflate = promisify(inflateWithCallback);

/** The most that a body may hold, unpacked: what one Kafka message can carry. */
export const maxBodyBytes = 8 * 1024 * 1024;

/** A request's body, unpacked. `took` is told of each piece that comes to lie in memory. Throws a `Refusal`. */
export async function readBody(request: IncomingMessage, took: (bytes: number) => void): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let size = 0;
  // Not destroyed when we leave the loop: the refusal still has to reach the client.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    took(piece.byteLength);
    pieces.push(piece);
  }
  const body = Buffer.concat(pieces);
  const unpacked = await unpack(body, request.headers["content-encoding"]);
  took(unpacked.byteLength - body.byteLength);
  return unpacked;
}

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return body;
    case "gzip":
      return await unpackWith(gunzip, body);
    case "deflate":
      return await unpackWith(inflate, body);
    default:
      throw new Refusal(415, `Content-Encoding ${encoding} is not known: send gzip, deflate or none.`);
  }
}

async function unpackWith(
  method: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>,
  body: Buffer,
): Promise<Buffer> {
  try {
    return await method(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new Refusal(400, "The body is not what its Content-Encoding says.");
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, `The body is over ${maxBodyBytes} bytes: export in smaller batches.`);
}
