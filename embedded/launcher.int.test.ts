import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Endpoints } from "#contracts/endpoints.ts";
import { startOf } from "./processes.ts";
import { ownEnvironment } from "./testing/stack-under-test.ts";

interface Launcher {
  readonly child: ChildProcess;
  said(): string;
  exitCode(): Promise<number | null>;
}

const folders: string[] = [];
const launchers: Launcher[] = [];

afterEach(async () => {
  for (const { child } of launchers.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGINT");
    await once(child, "exit");
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sagascope-launcher-"));
  folders.push(folder);
  return folder;
}

/** Runs the launcher as npm start does, on a folder and ports of its own. */
function launch(data: string, flags: readonly string[], env: Record<string, string> = {}): Launcher {
  const program = join(import.meta.dirname, "start.ts");
  const child = spawn(process.execPath, ["--disable-warning=TimeoutNegativeWarning", program, ...flags], {
    env: { ...ownEnvironment(process.env), PORT: "0", SAGASCOPE_DATA: data, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const launcher = { child, said: () => said, exitCode: () => ended };
  launchers.push(launcher);
  return launcher;
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const found = look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`Never: ${what}`);
}

async function ready(launcher: Launcher): Promise<void> {
  await until("ready", () => {
    assert.equal(launcher.child.exitCode, null, launcher.said());
    return launcher.said().includes("Sagascope is ready: ");
  });
}

const endpoints = (data: string): Endpoints =>
  Endpoints.parse(JSON.parse(readFileSync(join(data, "endpoints.json"), "utf8")));

const postgresOf = (data: string): number => endpoints(data).processes.postgres ?? assert.fail("no postgres");

async function query(data: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: endpoints(data).postgres });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const onlyPostgres = ["--only", "postgres"];

test("starts, tells where things are to its owner alone, and leaves nothing behind", async () => {
  const data = newFolder();
  const launcher = launch(data, onlyPostgres);
  await ready(launcher);
  assert.equal(statSync(join(data, "endpoints.json")).mode & 0o777, 0o600);
  assert.match(launcher.said(), /^✓ postgres \d+\.\d s$/m);
  const rows = await query(data, "SELECT datname FROM pg_database WHERE datname ~ '^(sagascope|demo_)' ORDER BY 1");
  assert.equal(rows.length, 7);
  const server = postgresOf(data);
  launcher.child.kill("SIGINT");
  assert.equal(await launcher.exitCode(), 0);
  assert.equal(startOf(server), undefined, "the server still runs");
  assert.equal(existsSync(join(data, "endpoints.json")), false);
});

test("a second start has the same data, token and ports", async () => {
  const data = newFolder();
  const first = launch(data, onlyPostgres);
  await ready(first);
  await query(data, "CREATE TABLE kept AS SELECT 7 AS n");
  const { processes: _, ...before } = endpoints(data);
  first.child.kill("SIGTERM");
  assert.equal(await first.exitCode(), 0);
  await ready(launch(data, onlyPostgres));
  const { processes: __, ...after } = endpoints(data);
  assert.deepEqual(after, before);
  assert.deepEqual(await query(data, "SELECT n FROM kept"), [{ n: 7 }]);
});

test("a part that is killed comes back, on the same port, and both are said", async () => {
  const data = newFolder();
  const launcher = launch(data, onlyPostgres);
  await ready(launcher);
  const { processes, ...before } = endpoints(data);
  process.kill(processes.postgres ?? 0, "SIGKILL");
  await until("back", () => launcher.said().includes("✓ postgres is back"));
  assert.match(launcher.said(), /^! postgres ended \(SIGKILL\): restarting it in 0\.25 s$/m);
  const { processes: now, ...after } = endpoints(data);
  assert.deepEqual(after, before);
  assert.notEqual(now.postgres, processes.postgres);
  assert.deepEqual(await query(data, "SELECT 1 AS n"), [{ n: 1 }]);
});

test("a launcher that is killed leaves a folder on which the next one starts", async () => {
  const data = newFolder();
  const first = launch(data, onlyPostgres);
  await ready(first);
  await query(data, "CREATE TABLE kept AS SELECT 7 AS n");
  const orphan = postgresOf(data);
  first.child.kill("SIGKILL");
  await first.exitCode();
  const second = launch(data, onlyPostgres);
  await ready(second);
  assert.notEqual(postgresOf(data), orphan);
  assert.equal(startOf(orphan), undefined, "the orphan still runs");
  assert.deepEqual(await query(data, "SELECT n FROM kept"), [{ n: 7 }]);
});

test("a second launcher on the same folder is refused and harms nothing", async () => {
  const data = newFolder();
  const first = launch(data, onlyPostgres);
  await ready(first);
  const second = launch(data, onlyPostgres);
  assert.equal(await second.exitCode(), 1);
  assert.ok(second.said().includes(`already runs on ${data} (process ${first.child.pid})`), second.said());
  assert.equal((await query(data, "SELECT 1 AS n")).length, 1);
});

test("two launchers on two folders live side by side", async () => {
  const [one, two] = [newFolder(), newFolder()];
  const both = [launch(one, onlyPostgres), launch(two, onlyPostgres)];
  await Promise.all(both.map(ready));
  assert.notEqual(endpoints(one).postgres, endpoints(two).postgres);
  assert.notEqual(endpoints(one).token, endpoints(two).token);
});

test("a part that cannot start ends the run, with the last lines of its log", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const { port } = squatter.address() as { port: number };
  const data = newFolder();
  const launcher = launch(data, onlyPostgres, { POSTGRES_PORT: String(port) });
  assert.equal(await launcher.exitCode(), 1);
  assert.match(launcher.said(), /✗ postgres could not start \(exit code 1\)/);
  assert.match(launcher.said(), /Address already in use/);
  assert.match(launcher.said(), /set POSTGRES_PORT/);
  squatter.close();
});

test("a taken dashboard port is said before anything starts", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const { port } = squatter.address() as { port: number };
  const launcher = launch(newFolder(), [], { PORT: String(port) });
  assert.equal(await launcher.exitCode(), 1);
  assert.match(launcher.said(), new RegExp(`Port ${port} of 127.0.0.1 is taken.*PORT=`));
  squatter.close();
});

test("a wrong flag and a wrong setting are refused with what to do", async () => {
  const flag = launch(newFolder(), ["--only", "kafak"]);
  assert.equal(await flag.exitCode(), 1);
  assert.match(flag.said(), /No part is called kafak\. Parts: kafka, postgres/);
  const setting = launch(newFolder(), [], { CLICKHOUSE_URL: "localhost:8123" });
  assert.equal(await setting.exitCode(), 1);
  assert.match(setting.said(), /CLICKHOUSE_URL/);
});

test("a stop while it starts leaves nothing behind", async () => {
  const data = newFolder();
  const launcher = launch(data, onlyPostgres);
  await until("the folder", () => existsSync(join(data, "run.json")) || existsSync(join(data, "postgres")));
  launcher.child.kill("SIGINT");
  assert.equal(await launcher.exitCode(), 0);
  assert.equal(existsSync(join(data, "run.json")), false);
  await ready(launch(data, onlyPostgres));
});
