import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { About } from "./answer.ts";
import { configXml } from "./config-file.ts";
import { type Engine, openEngine } from "./engine.ts";
import { cancelAll, type Ports } from "./execute.ts";
import { createKeptConnections } from "./kept-connections.ts";
import { createLanes } from "./lanes.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createClickHouseServer, type Page } from "./server.ts";
import { createSessions } from "./sessions.ts";
import type { ClickHouseServerSettings } from "./settings.ts";

/** How long cancelled queries get to end when the server stops. */
const cancelMs = 1_500;
/** Sessions kept at most: beyond, the one idle longest goes. */
const maxSessions = 256;
// Of each kind of question that is asked again and again, one or two.
const keptConnections = 24;

export interface RunningClickHouse {
  readonly port: number;
  /** Takes no more requests, waits for those under way up to the limit, and closes the engine. */
  stop(limitMs: number): Promise<void>;
}

/** Opens the data folder and listens. Throws with a reason that says what to do. */
export async function startClickHouse(settings: ClickHouseServerSettings, log: Logger): Promise<RunningClickHouse> {
  const folder = resolve(settings.CLICKHOUSE_DATA);
  const spool = join(folder, "spool");
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { recursive: true });
  const engine = await openData(folder, settings);
  const about = await aboutEngine(engine);
  const ports = portsOf(engine, settings, spool);
  const server = createClickHouseServer({
    about,
    ports,
    body: { folder: spool, maxRowsBytes: settings.CLICKHOUSE_BODY_MB },
    login:
      settings.CLICKHOUSE_USER === undefined
        ? undefined
        : { user: settings.CLICKHOUSE_USER, password: settings.CLICKHOUSE_PASSWORD },
    pages: pagesOf(ports.metrics),
    onFault: (error, queryId) => log.error({ queryId, error: error.message }, "fault"),
  });
  const port = await listen(server, settings);
  log.info({ port, version: about.version, data: folder }, "ready");
  return { port, stop: (limitMs) => stop(server, { engine, ports, limitMs }) };
}

async function openData(folder: string, settings: ClickHouseServerSettings): Promise<Engine> {
  const configFile = join(folder, "server.xml");
  await writeFile(
    configFile,
    configXml({ memoryBytes: settings.CLICKHOUSE_MEMORY_MB, tmpFolder: join(folder, "tmp") }),
  );
  try {
    return openEngine(join(folder, "store"), { configFile });
  } catch (error) {
    const advice = "Stop the process that has it open, or give another CLICKHOUSE_DATA.";
    throw new SagascopeError("STORE_DOWN", `Cannot open ${folder}: ${messageOf(error)} ${advice}`);
  }
}

async function aboutEngine(engine: Engine): Promise<About> {
  const connection = engine.connect();
  try {
    const { bytes } = await connection.run("SELECT version(), serverTimezone()", "TabSeparated");
    const [version = "", timezone = "UTC"] = Buffer.from(bytes).toString().trim().split("\t");
    return { version, timezone, displayName: "sagascope-embedded" };
  } finally {
    connection.close();
  }
}

function portsOf(engine: Engine, settings: ClickHouseServerSettings, spool: string): Ports {
  const limits = { queue: settings.CLICKHOUSE_QUEUE, waitMs: settings.CLICKHOUSE_QUEUE_WAIT_MS };
  const lanes = {
    read: createLanes({ lanes: settings.CLICKHOUSE_READ_LANES, ...limits }),
    write: createLanes({ lanes: settings.CLICKHOUSE_WRITE_LANES, ...limits }),
  };
  return {
    engine,
    lanes,
    metrics: createMetrics(lanes),
    sessions: createSessions(engine, { maxSessions }),
    kept: createKeptConnections({ most: keptConnections }),
    running: new Set(),
    limits: { heldBytes: settings.CLICKHOUSE_RESULT_MB, spooledBytes: settings.CLICKHOUSE_BODY_MB, folder: spool },
    defaults: new Map([
      ["async_insert", "0"],
      ["implicit_select", "0"],
      ["max_memory_usage", String(settings.CLICKHOUSE_QUERY_MEMORY_MB)],
    ]),
  };
}

function pagesOf(metrics: Metrics): ReadonlyMap<string, Page> {
  const ok: Page = (response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=UTF-8" }).end("Ok.\n");
  };
  const show: Page = async (response) => {
    response.setHeader("Content-Type", metrics.registry.contentType).end(await metrics.registry.metrics());
  };
  return new Map([
    ...["/ping", "/replicas_status", "/healthz", "/readyz"].map((path) => [path, ok] as const),
    ["/metrics", show],
  ]);
}

async function listen(server: Server, { HOST, PORT }: ClickHouseServerSettings): Promise<number> {
  await new Promise<void>((listening, reject) => server.once("error", reject).listen(PORT, HOST, listening));
  return (server.address() as AddressInfo).port;
}

async function stop(
  server: Server,
  { engine, ports, limitMs }: { engine: Engine; ports: Ports; limitMs: number },
): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const deadline = Date.now() + limitMs;
  const isIdle = () => ports.lanes.read.running + ports.lanes.write.running === 0;
  if (!(await until(isIdle, deadline - cancelMs))) {
    await cancelAll(engine);
    await until(isIdle, deadline);
  }
  server.closeAllConnections();
  await closed;
  // With a query still on it, closing the engine would block or crash; what was acknowledged is on disk already.
  if (!isIdle()) process.kill(process.pid, "SIGKILL");
  ports.sessions.close();
  ports.kept.close();
  engine.close();
}

/** Polls until `condition` holds; false when the deadline (by `Date.now()`) came first. */
async function until(condition: () => boolean, deadline: number): Promise<boolean> {
  while (!condition() && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 20));
  return condition();
}
