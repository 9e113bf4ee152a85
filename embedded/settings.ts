import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import {
  alertsSettings,
  clickhouseSettings,
  collectorSettings,
  demoSettings,
  ingestSettings,
  migrateSettings,
  webSettings,
} from "#contracts/settings.ts";
import { SagascopeError } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";
import { type PartName, partNames } from "./parts.ts";

const Port = z.coerce.number().int().min(1).max(65_535);

/** What goes on to the parts as it is. A wrong one is refused before anything starts, whether its part is to start or not. */
const partSettings = z
  .object({
    ...collectorSettings.shape,
    ...ingestSettings.shape,
    ...webSettings.shape,
    ...alertsSettings.shape,
    ...migrateSettings.shape,
    ...demoSettings,
  })
  .omit({ HOST: true, PORT: true })
  .partial();

/** The settings of `npm start`; docs/settings.md tells of each. Whatever else is set goes on to every part as it is. */
export const launcherSettings = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  SAGASCOPE_DATA: z.string().default(".sagascope"),
  KAFKA_BROKERS: z.string().optional(),
  CLICKHOUSE_URL: clickhouseSettings.CLICKHOUSE_URL.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SAGASCOPE_TOKEN: z.string().min(16).optional(),
  KAFKA_PORT: Port.optional(),
  POSTGRES_PORT: Port.optional(),
  CLICKHOUSE_PORT: Port.optional(),
  COLLECTOR_PORT: Port.optional(),
  GATEWAY_PORT: Port.optional(),
});
export type LauncherSettings = z.output<typeof launcherSettings>;

export interface Command {
  readonly settings: LauncherSettings;
  /** Absolute path of the data folder. */
  readonly data: string;
  readonly only: readonly PartName[] | undefined;
  readonly noDemo: boolean;
}

/** Parses the environment and the flags of `npm start`. Throws `BAD_SETTING`. */
export function parseCommand(env: Record<string, string | undefined>, args: readonly string[]): Command {
  const settings = parseSettings(launcherSettings, env);
  parseSettings(partSettings, env);
  const flags = parseFlags(args);
  return {
    settings,
    data: resolve(settings.SAGASCOPE_DATA),
    only: flags.only === undefined ? undefined : partList(flags.only),
    noDemo: flags["no-demo"],
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { "no-demo": { type: "boolean", default: false }, only: { type: "string" } },
    }).values;
  } catch (cause) {
    throw new SagascopeError("BAD_SETTING", "Flags are --no-demo and --only part,part (after npm start --)", { cause });
  }
}

function partList(list: string): PartName[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !partNames.includes(name as PartName));
  if (unknown.length > 0) {
    throw new SagascopeError("BAD_SETTING", `No part is called ${unknown.join(", ")}. Parts: ${partNames.join(", ")}.`);
  }
  return names as PartName[];
}
