import { createLogger, type Logger } from "#lib/log.ts";
import { perProcess } from "./per-process.ts";

/** The dashboard's log: JSON lines on stdout. */
export function webLog(): Logger {
  return perProcess("log", () => createLogger("web", "info"));
}
