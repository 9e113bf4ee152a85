import { Counter, collectDefaultMetrics, Registry } from "prom-client";

/** What the alerts part counts. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    checks: new Counter({
      name: "sagascope_alerts_checks_total",
      help: "Looks at rules, by what they led to.",
      labelNames: ["result"],
      registers,
    }),
    attempts: new Counter({
      name: "sagascope_alerts_webhook_attempts_total",
      help: "Calls of webhooks, by what came of them.",
      labelNames: ["outcome"],
      registers,
    }),
  };
}
export type AlertMetrics = ReturnType<typeof createMetrics>;
