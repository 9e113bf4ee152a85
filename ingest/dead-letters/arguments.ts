import { parseArgs } from "node:util";
import { z } from "zod";
import { letterId, readPlace } from "#contracts/dead-letter.ts";
import { waitingLetterStates } from "#contracts/words.ts";
import { deadReasons } from "#ingest/message.ts";
import { type Json, patchOf } from "#lib/edit-json.ts";
import { SagascopeError } from "#lib/errors.ts";

export const usage = `npm run ingest -- dead-letters <command>

  list     what could not be stored, newest first
  show     ID: one with its bytes, headers, and all that became of it
  replay   ID…, or all that a filter selects: sends them again, under their own ids
  export   all that a filter selects, one JSON a line, bytes in base64

Filters   --topic NAME  --reason REASON  --state dead|interrupted|sending|replayed  --since 2h|7d|2026-01-31T00:00:00Z  --limit N
list      --json one JSON a line
show      --raw the value's bytes and nothing else
replay    --edit FILE the value to send instead (one letter)  --set path=value, as in --set data.step=pay (again for more)
          --patch FILE a JSON merge patch  --rate N at most so many a second (200)  --dry-run only say what would be sent`;

const options = {
  topic: { type: "string", multiple: true },
  reason: { type: "string", multiple: true },
  state: { type: "string", multiple: true },
  since: { type: "string" },
  limit: { type: "string" },
  json: { type: "boolean", default: false },
  raw: { type: "boolean", default: false },
  edit: { type: "string" },
  set: { type: "string", multiple: true },
  patch: { type: "string" },
  rate: { type: "string", default: "200" },
  "dry-run": { type: "boolean", default: false },
} as const;

const Whole = z.coerce.number().int().min(1).max(1_000_000);
const Reasons = z.array(
  z.enum(deadReasons, {
    error: ({ input }) => `“${input}” is none of ${deadReasons.join(", ")}; for several give it again`,
  }),
);
const States = z.array(z.enum(["dead", "interrupted", "sending", "replayed"]));

/** What the command line asks for. */
export interface Command {
  readonly verb: "list" | "show" | "replay" | "export";
  readonly ids: readonly string[];
  readonly states: z.infer<typeof States>;
  readonly topics: readonly string[];
  readonly reasons: z.infer<typeof Reasons>;
  /** ms since the epoch; 0 is from the beginning. */
  readonly sinceMs: number;
  readonly limit: number | undefined;
  readonly json: boolean;
  readonly raw: boolean;
  /** Path of a file with the whole value. */
  readonly editFile: string | undefined;
  readonly patchFile: string | undefined;
  readonly set: Json | undefined;
  readonly rate: number;
  readonly dryRun: boolean;
}

/** Reads the command line after `dead-letters`; throws `BAD_REQUEST` with what is wrong and how it is used. */
export function readCommand(args: readonly string[], nowMs: number): Command {
  const { values, positionals } = parse(args);
  const [verb, ...rest] = positionals;
  if (verb !== "list" && verb !== "show" && verb !== "replay" && verb !== "export") {
    throw refused(verb === undefined ? "Say what to do." : `There is no “${verb}”.`);
  }
  const ids = rest.map(idOf);
  const filters = [values.topic, values.reason, values.state, values.since, values.limit];
  const filtered = filters.some((filter) => filter !== undefined);
  if (verb === "show" && ids.length !== 1) throw refused("show wants one ID, as in saga.events:3:10482.");
  if (verb === "replay" && ids.length === 0 && !filtered) throw refused("replay wants IDs, or a filter.");
  if (verb === "replay" && ids.length > 0 && filtered) throw refused("replay wants IDs or a filter, not both.");
  if ((verb === "list" || verb === "export") && ids.length > 0) throw refused(`${verb} takes filters, no IDs.`);
  const edits = [values.edit, values.patch, values.set].filter((edit) => edit !== undefined);
  if (edits.length > 1) throw refused("Give one of --edit, --patch and --set.");
  if (values.edit !== undefined && ids.length !== 1) throw refused("--edit is for one letter: give its ID.");
  return {
    verb,
    ids,
    states: checked("state", States, values.state ?? (verb === "replay" ? waitingLetterStates : [])),
    topics: values.topic ?? [],
    reasons: checked("reason", Reasons, values.reason ?? []),
    sinceMs: values.since === undefined ? 0 : sinceOf(values.since, nowMs),
    limit: values.limit === undefined ? undefined : checked("limit", Whole, values.limit),
    json: values.json,
    raw: values.raw,
    editFile: values.edit,
    patchFile: values.patch,
    set: values.set?.map(patchOfSet).reduce((all, one) => mergeAll(all, one)),
    rate: checked("rate", Whole, values.rate),
    dryRun: values["dry-run"],
  };
}

/** A merge patch replaces lists whole, so no path leads into one. */
function patchOfSet(assignment: string): Json {
  const [path = ""] = assignment.split("=");
  if (!/[[\]]/.test(path)) return patchOf(assignment);
  throw refused(
    `--set ${path}: no path leads into a list. Write the value to a file (show ID --raw > FILE), edit it, and replay ID --edit FILE.`,
  );
}

/** Two patches as one. Unlike a merge of the second into the first, what either removes stays removed. */
function mergeAll(first: Json, second: Json): Json {
  if (!isObject(first) || !isObject(second)) return second;
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const [a, b] = [first[key], second[key]];
      return [key, a === undefined ? (b ?? null) : b === undefined ? a : mergeAll(a, b)];
    }),
  );
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause));
  }
}

function idOf(text: string): string {
  const place = readPlace(text);
  if (!place) throw refused(`“${text}” is no ID: it is topic:partition:offset, as in saga.events:3:10482.`);
  return letterId(place);
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function sinceOf(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit === "m" || unit === "h" || unit === "d") return Math.max(0, nowMs - Number(count) * unitMs[unit]);
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw refused("--since wants 2h, 7d or a time as 2026-01-31T00:00:00Z.");
  return ms;
}

function checked<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refused(`--${name}: ${parsed.error.issues[0]?.message ?? "is wrong"}.`);
}

const refused = (what: string) => new SagascopeError("BAD_REQUEST", `${what}\n\n${usage}`);
