import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { topics } from "#contracts/topics.ts";
import { endpoints, eventually, killPart, numbers, openStore, type Placed, placeOrder } from "./stack.ts";

// `TORTURE=long npm test -- e2e e2e/kills.e2e.ts` is the long form.
const orders = process.env.TORTURE === "long" ? 2_000 : 400;
const together = 16;

/** What each tenth order is to come to; all others go through. */
const faults: readonly Record<string, unknown>[] = [
  { fault: { step: "schedule-shipment", code: "carrier_timeout" } },
  { fault: { step: "charge-payment", code: "card_declined" } },
  { fault: { step: "reserve-stock", code: "out_of_stock" } },
];

/** So many orders at least, and on until all harm is done. */
async function placeAll(harm: Promise<void>): Promise<Map<string, "completed" | "compensated">> {
  const expected = new Map<string, "completed" | "compensated">();
  let next = 0;
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  void harm.then(end, end);
  const worker = async () => {
    for (let index = next++; index < orders || !isOver; index = next++) {
      const fault = index % 10 === 0 ? faults[(index / 10) % faults.length] : undefined;
      const mode = index % 2 === 0 ? "choreography" : "orchestration";
      const { sagaId } = await placePatiently(fault ?? {}, mode);
      expected.set(sagaId, fault ? "compensated" : "completed");
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  return expected;
}

async function placePatiently(demo: Record<string, unknown>, mode: "choreography" | "orchestration"): Promise<Placed> {
  return await eventually("the gateway takes an order", () => placeOrder(demo, { mode }), 60_000);
}

/** What Kafka holds of `saga.events` as of now: how many messages, and a condition that finds their rows. */
async function inKafka(): Promise<{ messages: number; condition: string }> {
  const kafka = new Kafka({ clientId: "e2e", brokers: endpoints().kafka.split(","), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const partitions = await admin.fetchTopicOffsets(topics.sagaEvents);
  await admin.disconnect();
  return {
    messages: partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0),
    condition: partitions
      .map(({ partition, high }) => `(_partition = ${partition} AND _offset < ${high})`)
      .join(" OR "),
  };
}

/** Sagas of these orders by state, as the store has folded them. */
async function states(): Promise<Map<string, string>> {
  const store = openStore();
  const answer = await store.query({
    query: `SELECT saga_id, multiIf(bitAnd(flags, 8) != 0, 'failed', bitAnd(flags, 4) != 0, 'compensated', bitAnd(flags, 2) != 0, 'completed', 'open') AS state
            FROM sagas FINAL WHERE started > now() - INTERVAL 1 HOUR`,
    format: "JSONEachRow",
  });
  const rows = await answer.json<{ saga_id: string; state: string }>();
  await store.close();
  return new Map(rows.map(({ saga_id, state }) => [saga_id, state]));
}

test("while orders run, ingest, the orchestrator and ClickHouse are killed: every order ends right, every event is stored once", async () => {
  const killing = (async () => {
    for (const part of ["ingest", "orchestrator", "clickhouse", "ingest", "orchestrator"]) {
      await sleep(4_000);
      await killPart(part);
    }
  })();
  const [expected] = await Promise.all([placeAll(killing), killing]);
  assert.ok(expected.size >= orders);

  await eventually(
    "every order has ended as it should",
    async () => {
      const now = await states();
      const wrong = [...expected].filter(([id, state]) => now.get(id) !== state);
      if (wrong.length > 0)
        throw new Error(`${wrong.length} not yet, such as ${wrong[0]}: ${now.get(wrong[0]?.[0] ?? "")}`);
      return true;
    },
    400_000,
  );

  const { messages, condition } = await inKafka();
  const balance = await eventually(
    "messages in Kafka = rows stored + dead",
    async () => {
      const found = await numbers<"stored" | "places" | "dead">(
        `SELECT count() AS stored, uniqExact(_partition, _offset) AS places,
                (SELECT count() FROM dead_letters WHERE _topic = '${topics.sagaEvents}' AND (${condition})) AS dead
         FROM saga_events WHERE ${condition}`,
      );
      if (found.stored + found.dead !== messages)
        throw new Error(`Kafka has ${messages}, the store ${JSON.stringify(found)}`);
      return found;
    },
    120_000,
  );
  assert.equal(balance.places, balance.stored, "a message was stored twice");
});
