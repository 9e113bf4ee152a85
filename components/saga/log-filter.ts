import type { LogRow } from "#contracts/api/saga.ts";

export const severities = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Severity = (typeof severities)[number];

/** The severity that a log's text names, however its library spells it; `info` for what it does not know. */
export function severityOf(text: string): Severity {
  const lower = text.toLowerCase();
  return severities.find((severity) => lower.startsWith(severity)) ?? (lower.startsWith("err") ? "error" : "info");
}

/** The logs of at least a severity that contain a text anywhere: in body, service or an attribute. */
export function filterLogs(
  logs: readonly LogRow[],
  { text, least, trace = "" }: { text: string; least: Severity; trace?: string },
): LogRow[] {
  const wanted = text.trim().toLowerCase();
  const rank = severities.indexOf(least);
  return logs.filter(
    (log) =>
      severities.indexOf(severityOf(log.severity)) >= rank &&
      (trace === "" || log.traceId === trace) &&
      (wanted === "" || textsOf(log).some((own) => own.toLowerCase().includes(wanted))),
  );
}

function textsOf(log: LogRow): string[] {
  return [
    log.body,
    log.service,
    log.traceId,
    log.spanId,
    ...Object.entries(log.attributes).map(([key, value]) => `${key}=${value}`),
  ];
}
