import type { Logger } from "./log.ts";

/** What a process has to end in after a signal (ms). */
const longestStopMs = 4800;

/** On SIGTERM or SIGINT runs `stop`, then exits 0, also when it hangs. A stray rejection is logged and does not end the process. */
export function onStopSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "Stopping");
    setTimeout(() => process.exit(0), longestStopMs).unref();
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, "Stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("unhandledRejection", (error) => log.error({ err: error }, "An unhandled rejection"));
}

/** Runs a process's main; a failure to start is one line that says why, and exit code 1. */
export function startOrExit(name: string, main: () => Promise<void>): void {
  main().catch((error: NodeJS.ErrnoException & { address?: string; port?: number }) => {
    const reason =
      error.code === "EADDRINUSE" ? `${error.address}:${error.port} is in use; set PORT to a free port` : error.message;
    process.stderr.write(`${name} could not start: ${reason}\n`);
    process.exit(1);
  });
}
