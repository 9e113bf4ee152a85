import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { exception } from "./exception.ts";
import { createLz4Decoder } from "./lz4-frame.ts";

const decoders = {
  br: createBrotliDecompress,
  deflate: createInflate,
  gzip: createGunzip,
  lz4: createLz4Decoder,
  "x-gzip": createGunzip,
  zstd: createZstdDecompress,
} as const;

/** The body as it was before its `Content-Encoding`. A broken one ends the stream with an error. */
export function decodedBody(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return request;
  if (!(encoding in decoders)) throw exception("NOT_IMPLEMENTED", `Unknown compression method: ${encoding}`);
  const decoder = decoders[encoding as keyof typeof decoders]();
  return request.on("error", (error) => decoder.destroy(error)).pipe(decoder);
}
