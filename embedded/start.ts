import { messageOf, SagascopeError } from "#lib/errors.ts";
import { addressesOf } from "./addresses.ts";
import { endLeftovers, openDataFolder } from "./data-folder.ts";
import type { PartName } from "./parts.ts";
import { selectParts } from "./plan.ts";
import { isFree, type PortName, type Ports, takePorts } from "./ports.ts";
import { watchParent } from "./processes.ts";
import { type Screen, terminalScreen } from "./screen.ts";
import { type Command, type LauncherSettings, parseCommand } from "./settings.ts";
import type { Site } from "./site.ts";
import { startStack } from "./stack.ts";

const screen = terminalScreen(process.stdout);
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort(signal));
watchParent(process.env.SAGASCOPE_PARENT_FD, () => stopped.abort("the end of npm"));

try {
  await run(parseCommand(process.env, process.argv.slice(2)), screen);
} catch (error) {
  screen.fail(messageOf(error));
  process.exitCode = 1;
}

async function run(command: Command, screen: Screen): Promise<void> {
  const external = externalParts(command.settings);
  const selected = selectParts({ only: command.only, noDemo: command.noDemo, external });
  const folder = openDataFolder(command.data);
  try {
    const left = await endLeftovers(folder);
    if (left.length > 0) screen.warn(`an earlier run had left ${left.join(", ")} behind: ended`);
    if (selected.includes("web") && command.settings.PORT !== 0) await checkDashboardPort(command.settings.PORT);
    const block = await takePorts(folder.kept.portBase, fixedPorts(command.settings));
    folder.keep({ portBase: block.base });
    const { settings } = command;
    const addresses = addressesOf(settings, block.ports, folder.kept);
    const site = {
      folder,
      settings,
      ports: block.ports,
      addresses,
      selected,
      external,
      screen,
      inherited: process.env,
    };
    await serve(site);
    block.release();
  } finally {
    folder.clear();
    folder.release();
  }
}

async function serve(site: Site): Promise<void> {
  const { addresses, folder, selected, screen } = site;
  const stack = await startStack(site, stopped.signal).catch((error: unknown) => {
    if (stopped.signal.aborted) return undefined;
    throw error;
  });
  if (!stack) return screen.say(`Stopped by ${stopped.signal.reason} before it was ready.`);
  const where = selected.includes("web")
    ? `${addresses.web}/login?token=${addresses.token}`
    : folder.file("endpoints.json");
  screen.say(`Sagascope is ready: ${where}`);
  // The parts' processes do not keep this one alive by themselves once all of them have ended.
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => stopped.signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
  const startedAt = Date.now();
  await stack.stop();
  screen.done("everything is stopped", Date.now() - startedAt);
}

function externalParts(settings: LauncherSettings): ReadonlySet<PartName> {
  const given = { kafka: settings.KAFKA_BROKERS, clickhouse: settings.CLICKHOUSE_URL, postgres: settings.DATABASE_URL };
  return new Set((Object.keys(given) as (keyof typeof given)[]).filter((name) => given[name] !== undefined));
}

function fixedPorts(settings: LauncherSettings): Partial<Ports> {
  const given: Partial<Record<PortName, number | undefined>> = {
    kafka: settings.KAFKA_PORT,
    postgres: settings.POSTGRES_PORT,
    clickhouse: settings.CLICKHOUSE_PORT,
    collector: settings.COLLECTOR_PORT,
    gateway: settings.GATEWAY_PORT,
    web: settings.PORT || undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, port]) => port !== undefined));
}

async function checkDashboardPort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new SagascopeError(
    "BAD_SETTING",
    `Port ${port} of 127.0.0.1 is taken by another program: stop that, or choose another by PORT=3001 npm start`,
  );
}
