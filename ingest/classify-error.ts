/** What to do about an insert that failed. */
export type Verdict =
  /** The world will get better: try again for as long as it takes. */
  | { kind: "retry"; cause: RetryCause }
  /** A person has to act first: stop, and say so. */
  | { kind: "halt"; remedy: string }
  /** The store cannot take these very rows: find the one it cannot take. */
  | { kind: "split" }
  /** A code of the store that nobody thought of: it may be the store's condition, or the rows'. */
  | { kind: "unknown"; cause: RetryCause };

export const retryCauses = [
  "network",
  "timeout",
  "memory",
  "too_many_parts",
  "too_many_queries",
  "read_only",
  "disk",
  "coordination",
  "view",
  "other",
] as const;
export type RetryCause = (typeof retryCauses)[number];

const migrate = "Run the migrations (node store/migrate-main.ts) and see that CLICKHOUSE_URL names the right database.";
const signIn = "Give CLICKHOUSE_URL a user and password that may insert and select.";

const haltCodes: Readonly<Record<string, string>> = {
  // Of our own migrations and settings, when they are applied at the start.
  CONFLICT: "The databases were migrated by another version than this one.",
  BAD_SETTING: "A setting of the migrations is wrong.",
  // UNKNOWN_IDENTIFIER, UNKNOWN_TABLE, UNKNOWN_DATABASE, NO_SUCH_COLUMN_IN_TABLE, and two of columns that differ
  ...Object.fromEntries(["47", "60", "81", "16", "8", "20"].map((code) => [code, migrate])),
  // AUTHENTICATION_FAILED, ACCESS_DENIED, UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD
  ...Object.fromEntries(["516", "497", "192", "193", "194"].map((code) => [code, signIn])),
  // SYNTAX_ERROR, UNKNOWN_SETTING, UNKNOWN_FORMAT
  ...Object.fromEntries(
    ["62", "115", "73"].map((code) => [
      code,
      "The store is too old for this version: ClickHouse 26 or newer is wanted.",
    ]),
  ),
};

/** No fault of the rows: a view of their table does not take what the table takes. */
export class RefusedByView extends Error {
  static readonly code = "REFUSED_BY_VIEW";
  readonly code = RefusedByView.code;
}

const codes = (text: string) => text.split(" ");

// Parsing and range errors by ClickHouse's ErrorCodes, and 395: a check of ours in the insert's own query said no.
const splitCodes = new Set(codes("6 25 26 27 38 41 43 53 69 70 72 117 128 130 131 306 321 349 395 407 467 469"));

// By ClickHouse's ErrorCodes and Node's. Generous: what is missing here may one day be taken for a fault of the rows.
const codesByCause: Readonly<Record<RetryCause, readonly string[]>> = {
  network: codes(
    "86 95 96 99 100 101 102 198 203 209 210 271 279 297 354 364 410 454 519 561 618 ECONNREFUSED ECONNRESET EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH",
  ),
  timeout: codes("159 160 473 ETIMEDOUT"),
  memory: codes("173 239 240 241 777 778"),
  too_many_parts: codes("252 692"),
  too_many_queries: codes("201 202 216 290 439 574 700 745 749 762 776"),
  read_only: codes("164 242 774"),
  // Files and parts that cannot be written, read or found, and the stores of objects that stand in for disks.
  disk: codes(
    "74 75 76 77 83 84 87 88 91 107 172 204 214 226 227 228 230 231 232 235 243 246 272 273 274 275 294 400 424 458 499 500 504 521 531 566 586 625 641 662 678 679 693 740",
  ),
  coordination: codes(
    "224 225 234 244 251 254 255 265 285 286 289 308 319 342 369 384 415 416 529 568 571 659 738 904 999",
  ),
  view: [RefusedByView.code],
  // Starting, stopping, out of threads, a table on its way in or out.
  other: codes("218 236 298 299 303 305 341 394 411 425 573 635 667 668 677 695 696 710 722 733 734 735"),
};
const causes = new Map(retryCauses.flatMap((cause) => codesByCause[cause].map((code) => [code, cause] as const)));

/** POCO_EXCEPTION, STD_EXCEPTION, UNKNOWN_EXCEPTION: of what is no error of ClickHouse's own only the text tells more. */
const wrappers = new Set(["1000", "1001", "1002"]);

/** How the operating system says what is wrong with a disk. */
const conditions = [
  ["No space left on device", "disk"],
  ["Read-only file system", "read_only"],
] as const satisfies readonly (readonly [string, RetryCause])[];

/**
 * Sorts by the error's code. Its words may be a producer's, since the store quotes rows; so they name a cause at most,
 * but where the code is one that stands for anything.
 */
export function classifyError(error: unknown): Verdict {
  const { code, text } = saidBy(error);
  const said = conditions.find(([words]) => text.includes(words))?.[1];
  if (code === undefined) return { kind: "retry", cause: said ?? "other" };
  const remedy = haltCodes[code];
  if (remedy !== undefined) return { kind: "halt", remedy };
  if (splitCodes.has(code)) return { kind: "split" };
  const cause = causes.get(code);
  if (cause) return { kind: "retry", cause };
  const isUnknown = /^\d+$/.test(code) && !(said && wrappers.has(code));
  return { kind: isUnknown ? "unknown" : "retry", cause: said ?? "other" };
}

function saidBy(error: unknown): { code: string | undefined; text: string } {
  if (typeof error !== "object" || error === null) return { code: undefined, text: "" };
  const text = error instanceof Error ? error.message : "";
  if ("code" in error && (typeof error.code === "string" || typeof error.code === "number"))
    return { code: String(error.code), text };
  const behind = "cause" in error ? saidBy(error.cause) : { code: undefined, text: "" };
  return { code: behind.code, text: `${text}\n${behind.text}` };
}
