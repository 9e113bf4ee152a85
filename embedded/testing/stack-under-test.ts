import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SagascopeError } from "#lib/errors.ts";

export interface StackUnderTest {
  /** Path of its `endpoints.json`. */
  readonly endpoints: string;
  /** Stops it as Ctrl-C does. Throws when it does not end well. */
  stop(): Promise<void>;
}

export interface StackOrder {
  /** The data folder, its own. */
  readonly data: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Gets every line that it prints. */
  readonly onLine: (line: string) => void;
}

/** What would tie a stack to somebody else's parts or ports. */
const foreign = /^(KAFKA_|CLICKHOUSE_|DATABASE_URL$|SAGASCOPE_|NODE_TEST_|DEMO_)|^(\w+_)?PORT$/;

/** The launcher's environment in a test: nothing that would tie it to parts that run elsewhere. */
export function ownEnvironment(given: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !foreign.test(name))) as NodeJS.ProcessEnv;
}

/** Starts the launcher on a data folder and resolves when it is ready; throws with what it said when it ends first. */
export async function startStackUnderTest(
  { data, flags, env, onLine }: StackOrder,
  signal: AbortSignal,
): Promise<StackUnderTest> {
  signal.throwIfAborted();
  const launcher = join(import.meta.dirname, "..", "start.ts");
  const child = spawn(process.execPath, ["--disable-warning=TimeoutNegativeWarning", launcher, ...flags], {
    // The third pipe ends with this process, and the stack with it.
    stdio: ["ignore", "pipe", "inherit", "pipe"],
    env: { ...ownEnvironment(process.env), SAGASCOPE_DATA: data, PORT: "0", SAGASCOPE_PARENT_FD: "3", ...env },
    detached: true,
  });
  const exited = once(child, "exit");
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    const [code, by] = await exited;
    if (code !== 0)
      throw new SagascopeError("INTERNAL", `The stack under test ended with ${by ?? `exit code ${code}`}.`);
  };
  const onAbort = () => child.kill("SIGINT");
  signal.addEventListener("abort", onAbort);
  const ready = Promise.withResolvers<void>();
  if (!child.stdout) throw new SagascopeError("INTERNAL", "The stack under test has no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    onLine(line);
    if (line.startsWith("Sagascope is ready")) ready.resolve();
  });
  const early = exited.then(() => {
    signal.throwIfAborted();
    throw new SagascopeError("INTERNAL", "The stack under test ended before it was ready: see above.");
  });
  // Told of by the race below while it counts; afterwards `stop` tells of the end.
  early.catch(() => {});
  await Promise.race([ready.promise, early]);
  return { endpoints: join(data, "endpoints.json"), stop };
}
