import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Body } from "./decode-body.ts";
import { exception } from "./exception.ts";
import { readStatement, type Statement } from "./statement.ts";

/** A statement that carries rows, and the file that holds them. */
export interface Insert {
  readonly kind: "rows";
  readonly statement: Extract<Statement, { dataStart: number }>;
  /** Its ending says how it is compressed. */
  readonly file: string;
  readonly bytes: number;
  /** Deletes the file. */
  discard(): Promise<void>;
}

/** Any other statement, whole. */
export interface Text {
  readonly kind: "text";
  readonly statement: Exclude<Statement, { dataStart: number }>;
  readonly sql: Buffer;
}

export interface BodyLimits {
  /** Where rows are spooled. */
  readonly folder: string;
  readonly maxRowsBytes: number;
}

/** The head of an insert must end within this, and only as much of a body is held before it is known for one. */
const headBytes = 256 * 1024;
const maxTextBytes = 64 * 1024 * 1024;

/**
 * Takes a request's SQL: what stands in its URL, a line break, and the (decoded) body. Rows of an insert go to a file as
 * they come, so that a body of any length takes little memory; everything else is held. Where the body is rows and
 * nothing else, it stays encoded if the engine can decode it.
 */
export async function receiveBody(sqlInUrl: string, body: Body, limits: BodyLimits): Promise<Insert | Text> {
  const suffix = isWholeHead(sqlInUrl) ? body.suffix : undefined;
  const stream = suffix === undefined ? body.decoded() : body.raw;
  const source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const parts: Buffer[] = sqlInUrl === "" ? [] : [Buffer.from(`${sqlInUrl}\n`)];
  let size = parts[0]?.length ?? 0;
  const takeUntil = async (wanted: number): Promise<boolean> => {
    while (size < wanted) {
      const next = await source.next();
      if (next.done) return true;
      parts.push(next.value);
      size += next.value.length;
    }
    return false;
  };
  const isAll = await takeUntil(headBytes);
  const head = Buffer.concat(parts);
  const statement = readStatement(head);
  if ("dataStart" in statement) {
    const rows = head.subarray(Math.min(statement.dataStart, head.length));
    return await spool(statement, rows, { rest: isAll ? undefined : source, suffix: suffix ?? "", ...limits });
  }
  parts.splice(0, parts.length, head);
  if (!isAll && !(await takeUntil(maxTextBytes))) {
    throw exception("QUERY_IS_TOO_LARGE", `A statement without rows may have ${maxTextBytes} bytes`);
  }
  const sql = Buffer.concat(parts);
  const whole = isAll ? statement : readStatement(sql);
  if ("dataStart" in whole) throw exception("QUERY_IS_TOO_LARGE", `An INSERT's head may have ${headBytes} bytes`);
  return { kind: "text", statement: whole, sql };
}

/** Whether the SQL is an insert's head, to its end, and no rows. */
function isWholeHead(sql: string): boolean {
  const head = Buffer.from(`${sql}\n`);
  const statement = readStatement(head);
  return "dataStart" in statement && statement.dataStart === head.length;
}

async function spool(
  statement: Insert["statement"],
  first: Buffer,
  { rest, suffix, folder, maxRowsBytes }: BodyLimits & { rest: AsyncIterator<Buffer> | undefined; suffix: string },
): Promise<Insert> {
  const file = join(folder, `${randomUUID()}${suffix}`);
  let bytes = 0;
  async function* rows() {
    const parts = rest === undefined ? [] : { [Symbol.asyncIterator]: () => rest };
    yield first;
    yield* parts;
  }
  async function* counted() {
    for await (const part of rows()) {
      bytes += part.length;
      if (bytes > maxRowsBytes)
        throw exception("QUERY_IS_TOO_LARGE", `The rows of an INSERT may have ${maxRowsBytes} bytes`);
      yield part;
    }
  }
  const discard = () => rm(file, { force: true });
  try {
    await pipeline(Readable.from(counted(), { objectMode: false }), createWriteStream(file));
  } catch (error) {
    await discard();
    throw error;
  }
  return { kind: "rows", statement, file, bytes, discard };
}
