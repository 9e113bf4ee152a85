import type { AlertRule, WebhookBody } from "#contracts/api/alerts.ts";
import { assertNever } from "#lib/errors.ts";
import type { AlertSagas } from "#store/clickhouse/queries/alert-sagas.ts";

/** What a message is made from. */
export interface Telling {
  readonly rule: AlertRule;
  readonly found: AlertSagas;
  readonly nowMs: number;
  /** What links begin with. */
  readonly publicUrl: string;
}

/** Why a message is sent. */
export type Occasion =
  | { readonly kind: "firing" }
  | { readonly kind: "resolved" }
  /** The rule was firing when the operator took it away. */
  | { readonly kind: "ended"; readonly by: "switched off" | "deleted" }
  | { readonly kind: "test" };

/** How many sagas a message lists. */
export const mostSagasTold = 10;

export const nothingFound: AlertSagas = { count: 0, oldestStartedAt: null, sagas: [] };

const eventOf = {
  firing: "alert.firing",
  resolved: "alert.resolved",
  ended: "alert.resolved",
  test: "alert.test",
} as const;

/** The body of a message. */
export function webhookBody(occasion: Occasion, telling: Telling): WebhookBody {
  const { rule, found, nowMs } = telling;
  const root = telling.publicUrl.replace(/\/+$/, "");
  return {
    type: eventOf[occasion.kind],
    timestamp: new Date(nowMs).toISOString(),
    data: {
      rule: { id: rule.id, name: rule.name, condition: rule.condition, severity: rule.severity },
      count: found.count,
      threshold: rule.threshold,
      windowSeconds: rule.windowSeconds,
      sentence: sentence(occasion, telling),
      link: `${root}/sagas?${listQuery(telling)}`,
      sagas: found.sagas.map((saga) => ({ ...saga, link: `${root}/sagas/${encodeURIComponent(saga.id)}` })),
    },
  };
}

function sentence(occasion: Occasion, { rule, found, nowMs }: Telling): string {
  const fact = `${counted(rule, found.count)} within ${durationText(rule.windowSeconds)}`;
  switch (occasion.kind) {
    case "firing":
      return `${fact} (threshold ${number(rule.threshold)}).`;
    case "resolved": {
      const seconds = rule.firingSince === null ? 0 : Math.round((nowMs - Date.parse(rule.firingSince)) / 1000);
      return `Resolved after ${durationText(seconds)}: ${fact}, under the threshold of ${number(rule.threshold)}.`;
    }
    case "ended":
      return `Not watched any more: the rule was ${occasion.by} while it was firing.`;
    case "test":
      return `A test of the rule "${rule.name}": nothing has happened.`;
    default:
      return assertNever(occasion);
  }
}

/** `3 sagas of order-fulfilment failed`, `1 saga was compensated`, `no saga became overdue`. */
function counted({ condition, sagaType }: AlertRule, count: number): string {
  const one = count < 2;
  const sagas = count === 0 ? "no saga" : `${number(count)} ${one ? "saga" : "sagas"}`;
  const verb = {
    failed: "failed",
    compensated: one ? "was compensated" : "were compensated",
    overdue: "became overdue",
  }[condition];
  return `${sagas}${sagaType === null ? "" : ` of ${sagaType}`} ${verb}`;
}

const number = (count: number): string => count.toLocaleString("en-US");

/** `45 s`, `5 min`, `1 h 30 min`. */
function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 || minutes > 9 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** The list of the sagas counted: those that ended in the window, or, of the overdue, all that had begun by then. */
function listQuery({ rule, found, nowMs }: Telling): URLSearchParams {
  const query = new URLSearchParams();
  const windowMs = rule.windowSeconds * 1000;
  const from = [nowMs - windowMs];
  if (rule.firingSince !== null) from.push(Date.parse(rule.firingSince) - windowMs);
  if (rule.condition === "overdue") {
    query.set("verdict", "overdue");
    if (found.oldestStartedAt !== null) from.push(Date.parse(found.oldestStartedAt));
  } else {
    query.set("state", rule.condition);
    query.set("when", "ended");
  }
  if (rule.sagaType !== null) query.set("type", rule.sagaType);
  query.set("from", new Date(Math.min(...from)).toISOString());
  query.set("to", new Date(nowMs).toISOString());
  return query;
}
