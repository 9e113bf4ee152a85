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

/** What files are called that the engine decodes itself, faster than we can. */
const suffixes: Readonly<Record<string, string>> = {
  br: ".br",
  gzip: ".gz",
  lz4: ".lz4",
  "x-gzip": ".gz",
  zstd: ".zst",
};

/** A body that may be encoded. */
export interface Body {
  readonly raw: Readable;
  /** The ending of a file's name by which the engine knows how `raw` is encoded; undefined if it does not. */
  readonly suffix: string | undefined;
  /** The body as it was before its encoding. A broken one ends the stream with an error. */
  decoded(): Readable;
}

/** A request's body by its `Content-Encoding`. */
export function bodyOf(request: IncomingMessage): Body {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return plainBody(request);
  if (!(encoding in decoders)) throw exception("NOT_IMPLEMENTED", `Unknown compression method: ${encoding}`);
  return {
    raw: request,
    suffix: suffixes[encoding],
    decoded() {
      const decoder = decoders[encoding as keyof typeof decoders]();
      return request.on("error", (error) => decoder.destroy(error)).pipe(decoder);
    },
  };
}

/** A body without an encoding. */
export const plainBody = (raw: Readable): Body => ({ raw, suffix: "", decoded: () => raw });
