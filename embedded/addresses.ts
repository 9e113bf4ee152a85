import type { Endpoints } from "#contracts/endpoints.ts";
import type { Kept } from "./data-folder.ts";
import type { PartName } from "./parts.ts";
import type { Ports } from "./ports.ts";
import { superuser } from "./postgres/server.ts";
import type { LauncherSettings } from "./settings.ts";

/** Where each part of a stack is, whether it runs here or stands elsewhere. */
export interface Addresses {
  readonly web: string;
  readonly gateway: string;
  /** host:port,host:port */
  readonly kafka: string;
  readonly clickhouse: string;
  readonly postgres: string;
  readonly otlp: string;
  readonly token: string;
}

const here = (port: number): string => `http://127.0.0.1:${port}`;
const clickhouseUser = "sagascope";

/** Works out every address from the settings, the ports and the kept secrets. */
export function addressesOf(settings: LauncherSettings, ports: Ports, kept: Kept): Addresses {
  const clickhouse = `http://${clickhouseUser}:${kept.clickhousePassword}@127.0.0.1:${ports.clickhouse}/sagascope`;
  const postgres = `postgres://${superuser}:${kept.postgresPassword}@127.0.0.1:${ports.postgres}/sagascope`;
  return {
    web: here(ports.web),
    gateway: here(ports.gateway),
    kafka: settings.KAFKA_BROKERS ?? `127.0.0.1:${ports.kafka}`,
    clickhouse: settings.CLICKHOUSE_URL ?? clickhouse,
    postgres: settings.DATABASE_URL ?? postgres,
    otlp: here(ports.collector),
    token: settings.SAGASCOPE_TOKEN ?? kept.token,
  };
}

/** What `endpoints.json` says: an empty address for a product part that does not run, no gateway without the demo. */
export function endpointsOf(
  addresses: Addresses,
  selected: readonly PartName[],
  processes: Readonly<Record<string, number>>,
): Endpoints {
  const { gateway, ...rest } = addresses;
  return {
    ...rest,
    web: selected.includes("web") ? rest.web : "",
    otlp: selected.includes("collector") ? rest.otlp : "",
    ...(selected.includes("gateway") ? { gateway } : {}),
    processes: { ...processes },
  };
}
