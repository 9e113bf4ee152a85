import type { LogFilter } from "./log-filter.ts";

/** For tests: log lines of any kind. */
export const everyLog: Omit<LogFilter, "window"> = {
  words: undefined,
  services: [],
  severity: undefined,
  traceId: undefined,
  saga: undefined,
  attributes: [],
};
