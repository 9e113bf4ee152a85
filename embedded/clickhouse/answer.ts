import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from "node:zlib";
import { type ClickHouseException, statusOf } from "./exception.ts";
import type { Executed } from "./execute.ts";
import { contentTypeOf, readTotals } from "./formats.ts";

/** What every answer says of the server. */
export interface About {
  readonly version: string;
  readonly displayName: string;
  readonly timezone: string;
}

/** Makers of a stream that encodes, in the order in which we like them. */
const encoders = {
  zstd: () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  gzip: () => createGzip({ level: 3 }),
  deflate: () => createDeflate({ level: 3 }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
} as const;
export type Encoding = keyof typeof encoders;

/** The encoding to answer in: the first of ours that the client accepts, none for little or unasked. */
export function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  const accepted = new Set(
    (acceptEncoding ?? "")
      .split(",")
      .map((part) => part.trim().toLowerCase().split(";"))
      .filter(([, quality]) => quality?.trim() !== "q=0")
      .map(([name]) => name),
  );
  return (Object.keys(encoders) as Encoding[]).find((name) => accepted.has(name));
}

/** Headers that stand on every answer to a query. */
export function commonHeaders(queryId: string, about: About): Record<string, string> {
  return {
    "X-ClickHouse-Query-Id": queryId,
    "X-ClickHouse-Server-Display-Name": about.displayName,
    "X-ClickHouse-Timezone": about.timezone,
  };
}

/** `X-ClickHouse-Summary`. Rows read are known for the JSON formats, which say them; for others the result's stand in. */
export function summaryOf({ result, writtenRows, elapsedNs }: Executed): string {
  const read = readTotals(result.bytes) ?? { rows: result.rows, bytes: result.resultBytes };
  const isInsert = writtenRows > 0;
  return JSON.stringify({
    read_rows: String(read.rows),
    read_bytes: String(read.bytes),
    written_rows: String(writtenRows),
    written_bytes: String(isInsert ? result.resultBytes : 0),
    total_rows_to_read: "0",
    result_rows: String(isInsert ? writtenRows : result.rows),
    result_bytes: String(result.resultBytes),
    elapsed_ns: String(elapsedNs),
  });
}

/** Answers with a result, encoded as the client accepts. A client that goes meanwhile is no error. */
export async function sendResult(
  response: ServerResponse,
  executed: Executed,
  { headers, encoding }: { headers: Record<string, string>; encoding: Encoding | undefined },
): Promise<void> {
  const { result, file } = executed;
  const length = file?.bytes ?? result.bytes.length;
  const encode = length === 0 ? undefined : encoding;
  response.writeHead(200, {
    ...headers,
    "Content-Type": contentTypeOf(executed.format),
    ...(encode === undefined ? { "Content-Length": length } : { "Content-Encoding": encode }),
    "X-ClickHouse-Format": executed.format,
    "X-ClickHouse-Summary": summaryOf(executed),
  });
  if (file === undefined && encode === undefined) return void response.end(result.bytes);
  const source = file === undefined ? Readable.from([result.bytes]) : createReadStream(file.path);
  const streams = encode === undefined ? [source, response] : [source, encoders[encode](), response];
  await pipeline(streams).catch(() => response.destroy());
}

/** Answers with an exception: its code in a header, its text as the body. */
export function sendException(
  response: ServerResponse,
  error: ClickHouseException,
  { headers, version }: { headers: Record<string, string>; version: string },
): void {
  const body = Buffer.from(
    error.message.includes("(version ") ? `${error.message}\n` : `${error.message} (version ${version})\n`,
  );
  const status = statusOf(error.code);
  response.writeHead(status, {
    ...headers,
    ...(status === 401 ? { "WWW-Authenticate": 'Basic realm="ClickHouse server HTTP API"' } : {}),
    ...(status === 503 ? { "Retry-After": "1" } : {}),
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Length": body.length,
    "X-ClickHouse-Exception-Code": error.code,
  });
  response.end(body);
}
