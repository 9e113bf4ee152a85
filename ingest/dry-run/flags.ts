import { parseArgs } from "node:util";
import { SagascopeError } from "#lib/errors.ts";

/** Where to begin in each partition. */
export type From =
  | { readonly kind: "offset"; readonly offset: bigint }
  | { readonly kind: "latest"; readonly back: number };

export interface DryRunFlags {
  readonly kind: "dry run";
  /** One topic; all that the mapping has read without it. */
  readonly topic: string | undefined;
  readonly from: From;
  readonly limit: number;
  readonly json: boolean;
}

/** How ingest is called. */
export const usage = `Usage: npm run ingest [-- flags]

Reads topics into the store until it is told to stop. Flags are
  --dry-run                  print what messages would come to, and store nothing
  --topic NAME               of one topic (else of each topic that SAGASCOPE_MAPPING names)
  --from-offset WHERE        from this offset of each partition, or earliest, or latest-100 (the default)
  --limit N                  of at most so many messages a topic (100)
  --json                     a line of JSON for each message
  --help                     print this

npm run ingest -- dead-letters works on what could not be stored.`;

/** What the command line asks for. Throws `BAD_SETTING`. */
export function parseFlags(args: readonly string[]): DryRunFlags | { readonly kind: "help" | "work" } {
  const flags = read(args);
  if (flags.help) return { kind: "help" };
  if (!flags["dry-run"]) {
    const [other] = Object.keys(flags).filter((name) => name !== "dry-run");
    if (other !== undefined) throw new SagascopeError("BAD_SETTING", `--${other} wants --dry-run beside it.\n${usage}`);
    return { kind: "work" };
  }
  return {
    kind: "dry run",
    topic: flags.topic,
    from: fromOf(flags["from-offset"] ?? "latest-100"),
    limit: wholeNumber("--limit", flags.limit ?? "100"),
    json: flags.json ?? false,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "dry-run": { type: "boolean" },
        topic: { type: "string" },
        "from-offset": { type: "string" },
        limit: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SagascopeError("BAD_SETTING", `${why}\n${usage}`);
  }
}

function fromOf(text: string): From {
  if (text === "earliest") return { kind: "offset", offset: 0n };
  if (/^\d{1,18}$/.test(text)) return { kind: "offset", offset: BigInt(text) };
  const [, back] = /^latest-(\d+)$/.exec(text) ?? [];
  if (back !== undefined) return { kind: "latest", back: wholeNumber("--from-offset latest-N", back) };
  throw new SagascopeError("BAD_SETTING", `--from-offset takes an offset, earliest, or latest-100; not ${text}.`);
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new SagascopeError("BAD_SETTING", `${flag} takes a number from 1 to 99999; not ${text}.`);
}
