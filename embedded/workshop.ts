import { existsSync } from "node:fs";
import { join } from "node:path";
import { SagascopeError } from "#lib/errors.ts";
import { adviceFor } from "./advice.ts";
import { fetchKafkaJars } from "./kafka/jars.ts";
import { brokerArguments, prepareKafka } from "./kafka/prepare.ts";
import { askBrokers, createTopics, kafkaOf, topicsToCreate } from "./kafka/topics.ts";
import { envOf } from "./part-env.ts";
import { demoServices, type PartName, parts } from "./parts.ts";
import { askPostgres, createDatabases, demoDatabase, withDatabase } from "./postgres/databases.ts";
import { preparePostgres } from "./postgres/server.ts";
import { endingWithParent } from "./processes.ts";
import { root, type Site, sharedCache } from "./site.ts";
import type { Program } from "./supervise.ts";
import { buildWeb } from "./web/build.ts";

/** How one part is made ready to start, started, and furnished once it runs. */
export interface Workshop {
  /** Fetches, builds or formats, in parallel with everything else; answers the command to run. */
  prepare(signal: AbortSignal): Promise<readonly string[]>;
  program(command: readonly string[]): Program;
  /** Creates in a ready part what others expect there. */
  furnish(): Promise<void>;
}

export function workshopOf(name: PartName, site: Site): Workshop {
  const home = site.folder.file(name);
  const { group: _, startLimitMs, stopSignal } = parts[name];
  return {
    prepare: (signal) => prepare(name, site, signal),
    program: (command) => ({
      name,
      // PostgreSQL's command sees to it itself, as the change of user would undo it.
      command: name === "postgres" ? command : endingWithParent(command),
      // Compiled once, all parts and later starts begin from it.
      env: { NODE_COMPILE_CACHE: join(sharedCache, "compiled"), ...envOf(name, { ...site, home }) },
      logFile: site.folder.file("logs", `${name}.log`),
      startLimitMs,
      stopSignal,
      adviceFor: (log) => adviceFor(name, log, site.folder.path),
      ask: () => ask(name, site),
    }),
    furnish: () => furnish(name, site),
  };
}

/** kafkajs sets timers in the past now and then, of which Node warns each time. */
const quietKafkajs = "--disable-warning=TimeoutNegativeWarning";

async function prepare(name: PartName, site: Site, signal: AbortSignal): Promise<readonly string[]> {
  const { heapMb, semiSpaceMb, program } = parts[name];
  const young = semiSpaceMb === undefined ? [] : [`--max-semi-space-size=${semiSpaceMb}`];
  const node = [process.execPath, `--max-old-space-size=${heapMb}`, ...young, quietKafkajs];
  const logFile = site.folder.file("logs", `${name}.log`);
  if (name === "kafka") return await prepareBroker(site, logFile, signal);
  if (name === "postgres") {
    const place = { data: site.folder.file("postgres"), port: site.ports.postgres, logFile };
    return (await preparePostgres({ ...place, password: site.folder.kept.postgresPassword }, signal)).command;
  }
  if (name === "web") {
    const startedAt = Date.now();
    const { folder, fresh } = await buildWeb({ root, cache: sharedCache, logFile }, signal);
    if (!fresh) site.screen.done("dashboard built", Date.now() - startedAt);
    return [...node, join(root, program ?? ""), folder];
  }
  const path = join(root, program ?? "");
  if (!existsSync(path)) throw new SagascopeError("INTERNAL", `${name} cannot start: there is no ${program}.`);
  return [...node, path];
}

async function prepareBroker(site: Site, logFile: string, signal: AbortSignal): Promise<readonly string[]> {
  const { folder, ports, screen } = site;
  const startedAt = Date.now();
  const { folder: jars, fetched } = await fetchKafkaJars({ cache: sharedCache, logFile }, signal);
  if (fetched) screen.done("Kafka's jars fetched", Date.now() - startedAt);
  const home = folder.file("kafka");
  await prepareKafka({ jars, home, logFile, port: ports.kafka, controllerPort: ports["kafka-controller"] }, signal);
  return ["java", ...brokerArguments({ jars, home, heapMb: parts.kafka.heapMb })];
}

async function ask(name: PartName, { addresses, inherited, ports }: Site): Promise<void> {
  const path = parts[name].readyPath;
  if (name === "kafka") return await askBrokers(kafkaOf(addresses.kafka, inherited));
  if (name === "postgres") return await askPostgres(withDatabase(addresses.postgres, "postgres"));
  if (path === undefined || name === "migrate") return;
  const response = await fetch(`http://127.0.0.1:${ports[name]}${path}`, { signal: AbortSignal.timeout(5_000) });
  const said = (await response.text()).trim();
  if (!response.ok) throw new SagascopeError("STORE_DOWN", said.slice(0, 300) || `status ${response.status}`);
}

async function furnish(name: PartName, { addresses, external, inherited, selected }: Site): Promise<void> {
  if (name === "kafka") await createTopics(kafkaOf(addresses.kafka, inherited), topicsToCreate(inherited));
  if (name === "postgres") {
    const demo = demoServices.filter((service) => selected.includes(service) || !external.has("postgres"));
    // A given DATABASE_URL names a database that is there; ours is reached by way of the one that always is.
    const way = external.has("postgres") ? addresses.postgres : withDatabase(addresses.postgres, "postgres");
    const own = external.has("postgres") ? [] : ["sagascope"];
    await createDatabases(way, [...own, ...demo.map(demoDatabase)]);
  }
}
