import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Endpoints } from "#contracts/endpoints.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { partNames } from "./parts.ts";
import { endingWithParent, signalGroup, watchParent } from "./processes.ts";
import { terminalScreen } from "./screen.ts";
import { root, sharedCache } from "./site.ts";
import { findChromium } from "./testing/chromium.ts";
import { makeDeadLetter } from "./testing/dead-letter.ts";
import { findSchemathesis } from "./testing/schemathesis.ts";
import { ownEnvironment, startStackUnderTest } from "./testing/stack-under-test.ts";
import { findTestFiles, kindOf, runsAlone, type TestKind } from "./testing/test-files.ts";

/**
 * Files that run side by side. Integration tests share servers, but each file has topics and databases of its own there;
 * browser tests share one stack and what it shows.
 */
const concurrency: Record<TestKind, number> = { unit: 2, int: 2, e2e: 1 };

const screen = terminalScreen(process.stdout);
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort(signal));
watchParent(process.env.SAGASCOPE_PARENT_FD, () => stopped.abort("the end of npm"));

const scratch = mkdtempSync(join(tmpdir(), "sagascope-test-"));
try {
  await runTests(process.argv.slice(2));
  rmSync(scratch, { recursive: true, force: true });
} catch (error) {
  screen.fail(stopped.signal.aborted ? `Stopped by ${stopped.signal.reason}.` : messageOf(error));
  keepLogs();
  process.exitCode = 1;
}
process.exit();

/** `npm test`, or one kind of test (`unit`, `int`, `e2e`), or the files named; or `npm run fuzz`. */
async function runTests([first, ...rest]: readonly string[]): Promise<void> {
  if (first === "fuzz") return await runFuzzer(rest);
  const all = await findTestFiles(root);
  const kinds = Object.keys(all) as TestKind[];
  const kind = kinds.find((name) => name === first);
  const named = (kind ? rest : [first, ...rest]).filter((file) => file !== undefined);
  for (const file of named) {
    const asked = kindOf(file);
    if (!asked || !existsSync(join(root, file)) || (kind && kind !== asked)) {
      throw new SagascopeError(
        "BAD_SETTING",
        `${file} is no ${kind ?? ""} test file. Use: npm test -- [unit|int|e2e] [file…]`,
      );
    }
  }
  const filesOf = (of: TestKind) =>
    named.length > 0 ? named.filter((file) => kindOf(file) === of) : kind && kind !== of ? [] : all[of];
  if (kind === undefined && named.length === 0) await checkSources();
  if (filesOf("unit").length > 0) await runFiles("unit", filesOf("unit"), {});
  if (filesOf("int").length > 0) await runIntegration(filesOf("int"));
  if (filesOf("e2e").length > 0) await runBrowser(filesOf("e2e"));
}

async function checkSources(): Promise<void> {
  const bin = join(root, "node_modules", ".bin");
  await step("lint and import rules", [join(bin, "biome"), "check", "--error-on-warnings"]);
  await step("types", [join(bin, "tsc"), "--noEmit", "--incremental", "false", "-p", root]);
}

async function runIntegration(files: readonly string[]): Promise<void> {
  const flags = ["--only", "kafka,clickhouse,postgres,migrate"];
  const beside = files.filter((file) => !runsAlone(file));
  const alone = files.filter(runsAlone).map((file) => [file]);
  await onStack({ name: "int", flags, env: {} }, async (endpoints) => {
    const failures: unknown[] = [];
    for (const some of [beside, ...alone])
      if (some.length > 0)
        await runFiles("int", some, { SAGASCOPE_ENDPOINTS: endpoints }).catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  });
}

async function runBrowser(files: readonly string[]): Promise<void> {
  const logFile = join(scratch, "chromium.log");
  const given = process.env.CHROMIUM_PATH || undefined;
  const chromium = await findChromium({ given, cache: sharedCache, logFile }, stopped.signal);
  await onStack({ name: "e2e", flags: [], env: { DEMO_HISTORY: "500", DEMO_RATE: "0" } }, (endpoints) =>
    runFiles("e2e", files, { SAGASCOPE_ENDPOINTS: endpoints, CHROMIUM_PATH: chromium }),
  );
}

/** Every endpoint of the API, by its own description. No part delivers webhooks: those of made-up rules are called by nobody. */
async function runFuzzer(flags: readonly string[]): Promise<void> {
  const program = await findSchemathesis({ cache: sharedCache, logFile: join(scratch, "pip.log") }, stopped.signal);
  const parts = partNames.filter((name) => name !== "alerts");
  const demo = { DEMO_HISTORY: "500", DEMO_RATE: "0" };
  await onStack({ name: "fuzz", flags: ["--only", parts.join(",")], env: demo }, async (file) => {
    const { kafka, web, token } = Endpoints.parse(JSON.parse(readFileSync(file, "utf8")));
    const home = join(root, "e2e");
    const command = [program, "--config-file", join(home, "schemathesis.toml"), "run", `${web}/api/v1/openapi.json`];
    await step("fuzzer", [...command, "--header", `Authorization: Bearer ${token}`, ...flags], {
      env: {
        SCHEMATHESIS_HOOKS: join(home, "schemathesis_hooks.py"),
        DEAD_LETTER: await makeDeadLetter(kafka),
        NO_PROXY: "127.0.0.1",
      },
      // What it keeps between runs lies in the folder that it is started in.
      cwd: scratch,
    });
  });
}

interface StackWanted {
  readonly name: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function onStack({ name, flags, env }: StackWanted, work: (endpoints: string) => Promise<void>): Promise<void> {
  const onLine = (line: string) => screen.say(`  ${line.replace(/token=\S+/, "token=…")}`);
  const stack = await startStackUnderTest({ data: join(scratch, name), flags, env, onLine }, stopped.signal);
  try {
    await work(stack.endpoints);
  } finally {
    await stack.stop();
  }
}

async function runFiles(kind: TestKind, files: readonly string[], env: Record<string, string>): Promise<void> {
  const node = [process.execPath, "--max-old-space-size=1024", "--test"];
  const limits = [`--test-concurrency=${concurrency[kind]}`, "--test-timeout=600000"];
  // kafkajs sets timers in the past now and then; the option reaches the tests' processes only by this way.
  const quiet = { NODE_OPTIONS: "--disable-warning=TimeoutNegativeWarning" };
  await step(`${kind} tests`, [...node, ...limits, ...files], { env: { ...quiet, ...env } });
}

/** Runs a program with its output shown. Throws when it fails; whatever it started ends with it. */
async function step(
  what: string,
  command: readonly string[],
  { env = {}, cwd = root }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<void> {
  stopped.signal.throwIfAborted();
  const startedAt = Date.now();
  const [program = "", ...args] = endingWithParent(command);
  const child = spawn(program, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...ownEnvironment(process.env), ...env },
    detached: true,
  });
  const end = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  stopped.signal.addEventListener("abort", end, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  stopped.signal.removeEventListener("abort", end);
  end();
  stopped.signal.throwIfAborted();
  if (code !== 0) throw new SagascopeError("INTERNAL", `${what}: failed`);
  screen.done(what, Date.now() - startedAt);
}

/** After a failure the parts' logs stay; their data goes. */
function keepLogs(): void {
  const kept = join(scratch, "logs");
  for (const name of ["int", "e2e", "fuzz"]) {
    const logs = join(scratch, name, "logs");
    if (existsSync(logs)) {
      mkdirSync(kept, { recursive: true });
      cpSync(logs, join(kept, name), { recursive: true });
    }
    rmSync(join(scratch, name), { recursive: true, force: true });
  }
  if (existsSync(kept)) screen.say(`The parts' logs are in ${kept}`);
  else rmSync(scratch, { recursive: true, force: true });
}
