import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Which setting says where a part is, and by which name `endpoints.json` does. */
const addresses = { KAFKA_BROKERS: "kafka", CLICKHOUSE_URL: "clickhouse", DATABASE_URL: "postgres" } as const;

/**
 * The settings of a command that a person runs. Where they say no address, those of the Sagascope that `npm start` runs are
 * taken, and `say` is told; where they say one, the others are to be set too, so that no command mixes two stacks.
 * Throws `BAD_SETTING` with what to do.
 */
export function commandSettings<S extends z.ZodObject>(
  schema: S,
  env: Env,
  say: (line: string) => void = sayBeside,
): z.output<S> {
  const wanted = Object.entries(addresses).filter(([name]) => name in schema.shape);
  const names = wanted.map(([name]) => name);
  if (names.some((name) => env[name])) return parseSettings(schema, env);
  const data = env.SAGASCOPE_DATA || ".sagascope";
  const endpoints = readEndpoints(data, names);
  say(`Of the Sagascope that npm start runs in ${data}:`);
  return parseSettings(schema, {
    ...env,
    ...Object.fromEntries(wanted.map(([name, part]) => [name, endpoints[part]])),
  });
}

/** Beside what the command prints, which may be read by a program. */
const sayBeside = (line: string) => void process.stderr.write(`${line}\n`);

function readEndpoints(data: string, names: readonly string[]): Endpoints {
  try {
    return Endpoints.parse(JSON.parse(readFileSync(join(data, "endpoints.json"), "utf8")));
  } catch (cause) {
    const message = `No Sagascope runs in ${data}. Start one (npm start), name the data folder of one that runs in SAGASCOPE_DATA, or set ${names.join(", ")}`;
    throw new SagascopeError("BAD_SETTING", message, { cause });
  }
}
