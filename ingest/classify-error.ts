/** What to do about an insert that failed. */
export type Verdict =
  /** The world will get better: try again for as long as it takes. */
  | { kind: "retry"; cause: RetryCause }
  /** A person has to act first: stop, and say so. */
  | { kind: "halt"; remedy: string }
  /** The store cannot take these very rows: find the one it cannot take. */
  | { kind: "split" };

export const retryCauses = [
  "network",
  "timeout",
  "memory",
  "too_many_parts",
  "too_many_queries",
  "read_only",
  "disk",
  "coordination",
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
      "The store is too old for this version: ClickHouse 25 or newer is wanted.",
    ]),
  ),
};

// Parsing and range errors by ClickHouse's ErrorCodes, and 395: a check of ours in the insert's own query said no.
const splitCodes = new Set("6 25 26 27 33 38 41 43 53 69 70 72 117 128 130 131 306 321 349 395 407 467 469".split(" "));

const retryCodes: Readonly<Record<string, RetryCause>> = {
  "159": "timeout",
  "160": "timeout",
  "209": "network",
  "210": "network",
  "241": "memory",
  "252": "too_many_parts",
  "202": "too_many_queries",
  "164": "read_only",
  "242": "read_only",
  "243": "disk",
  "225": "coordination",
  "999": "coordination",
  ECONNREFUSED: "network",
  ECONNRESET: "network",
  EPIPE: "network",
  ENOTFOUND: "network",
  EAI_AGAIN: "network",
  EHOSTUNREACH: "network",
  ENETUNREACH: "network",
  ETIMEDOUT: "timeout",
};

/**
 * Sorts by the error's code, never by its words. What the store says under a code that is not known here is tried again,
 * since to drop or stop is worse; but where the rows can go in another way, `unknown` says to split.
 */
export function classifyError(error: unknown, unknown: "retry" | "split" = "retry"): Verdict {
  const code = codeOf(error);
  if (code === undefined) return { kind: "retry", cause: "other" };
  const remedy = haltCodes[code];
  if (remedy !== undefined) return { kind: "halt", remedy };
  if (splitCodes.has(code)) return { kind: "split" };
  const cause = retryCodes[code];
  if (cause === undefined && unknown === "split" && /^\d+$/.test(code)) return { kind: "split" };
  return { kind: "retry", cause: cause ?? "other" };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && (typeof error.code === "string" || typeof error.code === "number")) return String(error.code);
  return "cause" in error ? codeOf(error.cause) : undefined;
}
