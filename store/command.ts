import { parseArgs } from "node:util";
import { messageOf } from "#lib/errors.ts";

export interface Command {
  /** What it is called when it fails. */
  readonly name: string;
  readonly usage: string;
  /** The one flag that it has beside `--help`. */
  readonly flag: string;
}

/**
 * Runs a command and prints what it returns, told whether its flag was given. `--help` prints the usage instead; a flag
 * that it does not have ends it with 2, a failure with 1.
 */
export async function runCommand(
  { name, usage, flag }: Command,
  run: (isGiven: boolean) => Promise<string>,
): Promise<void> {
  const flags = parseFlags(flag);
  if (typeof flags === "string") return end(2, `${flags}\n\n${usage}`);
  if (flags.help) return print(usage);
  try {
    print(await run(flags[flag] === true));
  } catch (error) {
    end(1, `${name} failed: ${messageOf(error)}`);
  }
}

function parseFlags(flag: string): string | Readonly<Record<string, string | boolean | undefined>> {
  try {
    return parseArgs({ options: { [flag]: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    return messageOf(error);
  }
}

const print = (text: string) => void process.stdout.write(`${text}\n`);

function end(code: number, text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
