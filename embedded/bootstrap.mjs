// Runs on the machine's own Node (20 or later): sees to the prerequisites, installs what is stale, and hands over to
// the pinned Node 24, on which everything else runs.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants as system } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isInstalled, missingPrerequisites } from "./prerequisites.mjs";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const pinnedNode = join(root, "node_modules", "node", "bin", "node");
let stoppedBy;
const [command = "", ...args] = process.argv.slice(2);

const missing = missingPrerequisites({ nodeVersion: process.versions.node, has, askJava, env: process.env });
if (!["start", "test"].includes(command)) {
  fail(["Usage: node embedded/bootstrap.mjs start|test [flags]"]);
} else if (missing.length > 0) {
  fail(missing);
} else if (await installed()) {
  await handOver();
}

/** Whether a program is on the PATH. It is looked for, not run: Maven alone would take a second. */
function has(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function askJava() {
  const { error, stdout, stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  return error ? undefined : `${stdout}${stderr}`;
}

function fail(lines) {
  for (const line of lines) console.error(`✗ ${line}`);
  process.exitCode = 1;
}

function isFresh() {
  const read = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));
  try {
    return existsSync(pinnedNode) && isInstalled(read("package-lock.json"), read("node_modules/.package-lock.json"));
  } catch {
    return false;
  }
}

async function installed() {
  if (isFresh()) return true;
  const lock = join(root, ".cache", "install.lock");
  await takeLock(lock);
  try {
    if (isFresh()) return true;
    const startedAt = Date.now();
    const npm = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status, signal } = await run("npm", npm, { cwd: root, stdio: ["ignore", 2, 2] });
    if (signal || stoppedBy) {
      fail(["Stopped while packages were installed; the next start installs them anew."]);
      return false;
    }
    if (status === 0) {
      console.log(`✓ packages installed ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
      return true;
    }
    fail(["npm ci failed; what it said stands above. See that the registry can be reached, and start again."]);
    return false;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** One install at a time. A lock whose holder has gone is taken over. */
async function takeLock(lock) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    await sleep(500);
    if (!holderLives(lock)) rmSync(lock, { recursive: true, force: true });
  }
}

function holderLives(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs a program to its end; a signal to this process is passed on to it. */
function run(program, programArgs, options) {
  const child = spawn(program, programArgs, options);
  const passOn = (signal) => {
    stoppedBy = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve) => {
    const end = (status, signal, error) => {
      for (const each of signals) process.off(each, passOn);
      resolve({ status, signal, error });
    };
    child.once("error", (error) => end(null, null, error));
    child.once("exit", (status, signal) => end(status, signal));
  });
}

async function handOver() {
  const program = join(root, "embedded", `${command}.ts`);
  const node = ["--disable-warning=TimeoutNegativeWarning", program, ...args];
  // The third pipe is how the launcher learns that this process has gone.
  // A Ctrl-C reaches both, and is passed on as well: the launcher takes the same signal twice for once.
  const { status, signal, error } = await run(pinnedNode, node, {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, SAGASCOPE_PARENT_FD: "3" },
  });
  if (error) return fail([`${pinnedNode} cannot be run: ${error.message}. Remove node_modules, and start again.`]);
  process.exitCode = status ?? 128 + system.signals[signal];
}
