import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { addRule } from "#alerts/change-rule.ts";
import { type Checked, checkDueRules, checkEveryMs } from "#alerts/check-rules.ts";
import { deliverDue } from "#alerts/deliver.ts";
import { signingSecrets } from "#alerts/signing-secret.ts";
import type { AlertRule, AlertRuleInput, Delivery } from "#contracts/api/alerts.ts";
import { createLogger } from "#lib/log.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { createOwnDatabase } from "#store/clickhouse/own-database.ts";
import { createStatePool } from "#store/postgres/client.ts";
import { createOwnState } from "#store/postgres/own-database.ts";
import { listDeliveries } from "#store/postgres/queries/list-deliveries.ts";
import { ruleById } from "#store/postgres/queries/rule-by-id.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

export const token = "token-of-the-alerts-test";

/** Nothing is logged, learned, or left to chance. */
const still = { log: createLogger("alerts-test", "silent"), limits: async () => Limits.none, chance: () => 0 };

export type Bench = Awaited<ReturnType<typeof startBench>>;

/** For integration tests: databases of one's own, a receiver, and a clock that goes only when it is told to. */
export async function startBench(endpointsPath: string | undefined) {
  const [events, state] = await Promise.all([createOwnDatabase(endpointsPath), createOwnState(endpointsPath)]);
  const pool = createStatePool(state.url, { application: "alerts-test" });
  const clock = { nowMs: Date.UTC(2026, 5, 2, 12) };
  const [secret = ""] = await signingSecrets(pool, { token, nowMs: clock.nowMs });
  const receiver: Receiver = await startReceiver(secret);
  const ports = {
    pool,
    store: events.client,
    ...still,
    publicUrl: "http://127.0.0.1:3000",
    token,
    allowPrivate: true,
    now: () => clock.nowMs,
    stop: new AbortController().signal,
    timeoutMs: 2_000,
  };
  const bench = {
    /** A saga type of each test's own, so that tests do not count each other's sagas. */
    type: "",
    clock,
    receiver,
    ports,
    secret,
    clickhouseUrl: events.url,
    postgresUrl: state.url,
    around: () => ({ nowMs: clock.nowMs, publicUrl: ports.publicUrl }),
    pass: (ms: number) => {
      clock.nowMs += ms;
    },
    addRule: (input: Partial<AlertRuleInput> = {}) =>
      addRule(pool, { ...usual(receiver.url), ...input }, { ...ports, nowMs: clock.nowMs }),
    rule: async (id: string): Promise<AlertRule | undefined> => await ruleById(pool, id),
    /** Lets the time to the next look pass, and looks. */
    look: async (): Promise<Checked[]> => {
      clock.nowMs += checkEveryMs;
      return await checkDueRules(ports);
    },
    /** Sends what is due, to the end. */
    send: async () => await Promise.all((await deliverDue(ports, 50)).sending),
    deliveriesOf: async (ruleId: string): Promise<Delivery[]> =>
      (await listDeliveries(pool, 500)).filter((delivery) => delivery.ruleId === ruleId).reverse(),
    /** Stores the events of sagas, `secondsAgo` by the clock. */
    storeSagas: (sagas: readonly StoredSaga[]) =>
      events.client.insert({
        table: "saga_events",
        format: "JSONEachRow",
        values: sagas.flatMap((saga) => rowsOf(saga, clock.nowMs)),
        clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
      }),
    /** Makes the next test's start: an hour later, no rules, nothing sent, a receiver that takes all. */
    clear: async (): Promise<void> => {
      await pool.query("TRUNCATE alert_rules, webhook_deliveries, webhook_attempts");
      clock.nowMs += 3_600_000;
      bench.type = `type-${randomUUID()}`;
      receiver.calls.length = 0;
      receiver.answer = () => ({ status: 204 });
    },
    /** A saga of the test's type that failed. */
    failedSaga: (endedSecondsAgo: number): StoredSaga =>
      aSaga(bench.type, { startedSecondsAgo: endedSecondsAgo + 5, events: { "saga.failed": endedSecondsAgo } }),
    /** A rule that fires, its message queued and not sent. */
    firingRule: async (): Promise<AlertRule> => {
      await bench.storeSagas([bench.failedSaga(1)]);
      const rule = await bench.addRule({ sagaType: bench.type });
      assert.deepEqual(await bench.look(), ["fire"]);
      return rule;
    },
    close: async () => {
      await receiver.close();
      await pool.end();
      await Promise.all([events.drop(), state.drop()]);
    },
  };
  return bench;
}

export interface StoredSaga {
  readonly id: string;
  readonly type: string;
  readonly startedSecondsAgo: number;
  /** Its events by type, with how long ago each was. */
  readonly events: Readonly<Record<string, number>>;
  readonly deadlineSecondsAgo?: number;
}

/** One saga of a type of its own, that started and ended so. */
export const aSaga = (type: string, saga: Omit<StoredSaga, "id" | "type">): StoredSaga => ({
  id: `saga-${randomUUID()}`,
  type,
  ...saga,
});

const usual = (webhookUrl: string): AlertRuleInput => ({
  name: "Orders fail",
  condition: "failed",
  sagaType: null,
  threshold: 1,
  windowSeconds: 60,
  severity: "critical",
  webhookUrl,
  enabled: true,
});

function rowsOf(saga: StoredSaga, nowMs: number) {
  const at = (secondsAgo: number) =>
    new Date(nowMs - secondsAgo * 1000).toISOString().replace("T", " ").replace("Z", "");
  const deadline = saga.deadlineSecondsAgo === undefined ? {} : { deadline: at(saga.deadlineSecondsAgo) };
  return Object.entries({ "saga.started": saga.startedSecondsAgo, ...saga.events }).map(([type, secondsAgo]) => ({
    event_id: `${saga.id} ${type}`,
    saga_id: saga.id,
    saga_type: saga.type,
    saga_version: "1",
    saga_started: at(saga.startedSecondsAgo),
    event_type: type,
    time: at(secondsAgo),
    source: "/services/orders",
    ...deadline,
  }));
}
