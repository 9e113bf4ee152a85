import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Retention, RetentionFile } from "#contracts/retention.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { parseYaml, yamlValue } from "#lib/yaml.ts";

/** How Sagascope is delivered: it names all tables. */
const delivered = join(import.meta.dirname, "retention.yaml");

/** What `file` says, and for what it does not name, how Sagascope is delivered. Throws `BAD_SETTING`, naming each wrong line. */
export async function readRetention(file: string | undefined): Promise<Retention> {
  const whole = parseYaml(Retention, await readFile(delivered, "utf8"), delivered);
  if (file === undefined) return whole;
  return { ...whole, ...parseRetention(await readFile(file, "utf8").catch(refuse(file)), file) };
}

/** The times that the YAML `text` gives. Throws `BAD_SETTING`; `file` is what the message calls it. */
export function parseRetention(text: string, file: string): Partial<Retention> {
  const parsed = RetentionFile.safeParse(yamlValue(text, file) ?? {});
  if (parsed.success) return definedOf(parsed.data);
  const lines = parsed.error.issues.map((issue) => {
    const known = issue.code === "unrecognized_keys" ? ` (the tables: ${Object.keys(Retention.shape).join(", ")})` : "";
    return `${[...issue.path, ""].join(": ")}${issue.message}${known}`;
  });
  throw new SagascopeError("BAD_SETTING", `${file} is wrong:\n  ${lines.join("\n  ")}`);
}

const definedOf = (given: ReturnType<typeof RetentionFile.parse>) =>
  Object.fromEntries(Object.entries(given).filter(([, kept]) => kept !== undefined)) as Partial<Retention>;

const refuse = (file: string) => (error: unknown) => {
  throw new SagascopeError("BAD_SETTING", `RETENTION_FILE cannot be read: ${file}: ${messageOf(error)}`);
};
