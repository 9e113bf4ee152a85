import type { Addresses } from "./addresses.ts";
import { demoServices, type PartName } from "./parts.ts";
import type { Ports } from "./ports.ts";
import { demoDatabase, withDatabase } from "./postgres/databases.ts";

type Env = Readonly<Record<string, string>>;

export interface Surroundings {
  readonly addresses: Addresses;
  readonly ports: Ports;
  /** Folder of the part's own data. */
  readonly home: string;
  /** The launcher's own environment. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/** Set for npm and for the launcher itself, of no meaning to a part. */
const kept = (name: string): boolean => !/^(npm_|NODE_TEST_|SAGASCOPE_)|^(HOST|PORT|INIT_CWD|NODE_OPTIONS)$/.test(name);

/** The whole environment of a part: what the launcher was given, and over it what this stack decides. */
export function envOf(name: PartName, around: Surroundings): Env {
  const inherited = Object.entries(around.inherited).filter(([key, value]) => value !== undefined && kept(key));
  return { ...(Object.fromEntries(inherited) as Env), ...ownEnv(name, around) };
}

/** glibc keeps what is freed of large buffers unless its threshold is set: some 60 MB in a part that takes in much. */
const givesBackMemory = { MALLOC_TRIM_THRESHOLD_: "131072" };

function ownEnv(name: PartName, around: Surroundings): Env {
  const { addresses, ports } = around;
  const kafka = { KAFKA_BROKERS: addresses.kafka };
  const clickhouse = { CLICKHOUSE_URL: addresses.clickhouse };
  const postgres = { DATABASE_URL: addresses.postgres };
  switch (name) {
    case "kafka":
    case "postgres":
      return {};
    case "clickhouse": {
      const { username, password } = new URL(addresses.clickhouse);
      const login = { CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password };
      return { ...listen(ports.clickhouse), ...login, CLICKHOUSE_DATA: around.home };
    }
    case "migrate":
      return { ...clickhouse, ...postgres };
    case "collector":
      return { ...listen(ports.collector), ...kafka };
    case "ingest":
      return { ...listen(ports.ingest), ...kafka, ...clickhouse, ...mappingOf(around), ...givesBackMemory };
    case "alerts":
      return {
        ...listen(ports.alerts),
        ...clickhouse,
        ...postgres,
        ...publicUrl(around),
        SAGASCOPE_TOKEN: addresses.token,
        // A laptop's webhooks go to the laptop.
        WEBHOOK_ALLOW_PRIVATE: around.inherited.WEBHOOK_ALLOW_PRIVATE ?? "true",
      };
    case "web":
      return {
        ...listen(ports.web),
        ...kafka,
        ...clickhouse,
        ...postgres,
        ...webOnly(addresses),
        ...publicUrl(around),
      };
    case "gateway":
      return { ...demo(ports.gateway, addresses), GATEWAY_ROUTES: gatewayRoutes(ports) };
    case "load":
      return { ...demo(ports.load, addresses), GATEWAY_URL: addresses.gateway };
    default:
      return {
        ...demo(ports[name], addresses),
        DATABASE_URL: withDatabase(addresses.postgres, demoDatabase(name)),
        ...(name === "orders" ? { USERS_URL: `http://127.0.0.1:${ports.users}` } : {}),
      };
  }
}

const listen = (port: number): Env => ({ HOST: "127.0.0.1", PORT: String(port) });

const webOnly = (addresses: Addresses): Env => ({
  SAGASCOPE_TOKEN: addresses.token,
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
});

/** Kept back with all that begins alike, and of a meaning to this part. */
const mappingOf = ({ inherited: { SAGASCOPE_MAPPING } }: Surroundings): Env =>
  SAGASCOPE_MAPPING ? { SAGASCOPE_MAPPING } : {};

const publicUrl = ({ inherited, addresses }: Surroundings): Env => ({
  PUBLIC_URL: inherited.PUBLIC_URL ?? addresses.web,
});

const demo = (port: number, addresses: Addresses): Env => ({
  ...listen(port),
  KAFKA_BROKERS: addresses.kafka,
  OTEL_EXPORTER_OTLP_ENDPOINT: addresses.otlp,
});

const gatewayRoutes = (ports: Ports): string =>
  demoServices.map((service) => `${service}=http://127.0.0.1:${ports[service]}`).join(",");
