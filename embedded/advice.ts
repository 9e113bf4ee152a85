import { type PartName, parts } from "./parts.ts";
import { addressSetting } from "./plan.ts";
import type { LauncherSettings } from "./settings.ts";

/** The parts whose port can be set. */
const portSettings: Partial<Record<PartName, keyof LauncherSettings>> = {
  kafka: "KAFKA_PORT",
  postgres: "POSTGRES_PORT",
  clickhouse: "CLICKHOUSE_PORT",
  collector: "COLLECTOR_PORT",
  gateway: "GATEWAY_PORT",
  web: "PORT",
};

interface Trouble {
  readonly sign: RegExp;
  readonly advice: (name: PartName, data: string) => string;
}

const troubles: readonly Trouble[] = [
  {
    sign: /address already in use|EADDRINUSE/i,
    advice: (name) =>
      `Another program has its port: end that${portSettings[name] ? `, or set ${portSettings[name]}` : ""}, and start again.`,
  },
  {
    sign: /no space left|ENOSPC|disk quota/i,
    advice: (_, data) => `The disk is full: make room, or set SAGASCOPE_DATA to a folder elsewhere than ${data}.`,
  },
  {
    sign: /out of memory|cannot allocate memory|insufficient memory|ENOMEM/i,
    advice: () => "The memory does not suffice: end something else, or start fewer parts (npm start -- --no-demo).",
  },
  {
    sign: /ERR_MODULE_NOT_FOUND|Cannot find (module|package)/,
    advice: () => "A file or package is missing: remove node_modules, see that the checkout is whole, and start again.",
  },
  {
    sign: /permission denied|EACCES/i,
    advice: (_, data) =>
      `It may not read or write a file: see who owns ${data}, or set SAGASCOPE_DATA to another folder.`,
  },
];

/** What to do about a part that could not start, by the last lines of its log. */
export function adviceFor(name: PartName, log: readonly string[], data: string): string {
  const text = log.join("\n");
  const known = troubles.find(({ sign }) => sign.test(text));
  if (known) return known.advice(name, data);
  return parts[name].group === "backing"
    ? `Mend what it says; or set ${addressSetting(name)} to one that runs elsewhere; or remove ${data} to begin anew.`
    : `Mend what it says and start again; SAGASCOPE_DATA set to a new folder begins without the data of ${data}.`;
}
