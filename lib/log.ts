import { type Logger, pino } from "pino";

export type { Logger };

/** A logger that writes one JSON line an entry to stdout, `service` on each. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
