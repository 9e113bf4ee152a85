import { messageOf } from "#lib/errors.ts";

/** An error as ClickHouse reports it: `Code: 62. DB::Exception: … (SYNTAX_ERROR)`. */
export class ClickHouseException extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.name = "ClickHouseException";
    this.code = code;
  }
}

/** The errors that this server raises itself, by ClickHouse's own codes. */
const raised = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_SETTING: 115,
  READONLY: 164,
  CANNOT_DECOMPRESS: 271,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  QUERY_IS_TOO_LARGE: 229,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  ZLIB_INFLATE_FAILED: 354,
  SESSION_NOT_FOUND: 372,
  SESSION_IS_LOCKED: 373,
  INVALID_SESSION_TIMEOUT: 374,
  QUERY_WAS_CANCELLED: 394,
  AUTHENTICATION_FAILED: 516,
  UNKNOWN_EXCEPTION: 1002,
} as const;
export type RaisedName = keyof typeof raised;

/** An error of this server in ClickHouse's words. */
export function exception(name: RaisedName, message: string): ClickHouseException {
  const code = raised[name];
  return new ClickHouseException(code, `Code: ${code}. DB::Exception: ${message} (${name})`);
}

/** Codes of Node's errors for bytes that are not in the encoding that they claim. */
const brokenEncoding = /^(Z_|ERR__ERROR_|ERR_BROTLI|ZSTD_)/;

/** What was thrown, by the engine or on the way to it, with the code that its text leads with. */
export function engineError(thrown: unknown): ClickHouseException {
  if (thrown instanceof ClickHouseException) return thrown;
  if (brokenEncoding.test((thrown as NodeJS.ErrnoException).code ?? "")) {
    return exception("ZLIB_INFLATE_FAILED", `Cannot decompress the body: ${messageOf(thrown)}`);
  }
  const text = messageOf(thrown);
  const code = /^Code: (\d+)\./.exec(text)?.[1];
  return code === undefined ? exception("UNKNOWN_EXCEPTION", text) : new ClickHouseException(Number(code), text);
}

/** ClickHouse's own map of codes to HTTP status; 202 (this server is full) is told apart so that clients try again. */
const codesByStatus: Readonly<Record<number, readonly number[]>> = {
  400: [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676],
  401: [194],
  403: [192, 193, 497, 512, 516],
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  503: [76, 202, 209, 439],
};
const statusByCode = new Map(
  Object.entries(codesByStatus).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

/** The HTTP status that ClickHouse's own server gives an error code. */
export function statusOf(code: number): number {
  return statusByCode.get(code) ?? 500;
}
