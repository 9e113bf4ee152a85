import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@clickhouse/client";
import type { Endpoints } from "#contracts/endpoints.ts";
import { topics } from "#contracts/topics.ts";
import { program } from "./contenders.ts";

export interface StoreAndWorker {
  readonly brokers: string;
  /** Settings beside those of the stack may say what else it reads. */
  startWorker(settings?: Readonly<Record<string, string>>): ReturnType<typeof program>;
  /** Rows of a table of the store, of saga events where none is named. */
  stored(table?: string): Promise<number>;
  untilStored(rows: number): Promise<void>;
  /** Those of these sagas of which the store has an event. */
  storedSagas(ids: readonly string[]): Promise<string[]>;
  /** The newest offset of each partition that was stored within the last minute. */
  newestOffsets(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

const giveUpAfterMs = 600_000;

/** The stack's store, and workers that are started and stopped here. */
export function storeAndWorker(
  { kafka: brokers, clickhouse }: Endpoints,
  topic: string = topics.sagaEvents,
): StoreAndWorker {
  const client = createClient({ url: clickhouse });
  const count = async (query: string, params: Record<string, string> = {}) => {
    const answer = await client.query({ query, query_params: params, format: "JSONEachRow" });
    const [row] = await answer.json<{ rows: string }>();
    return Number(row?.rows);
  };
  const stored = (table = "saga_events") => count("SELECT count() AS rows FROM {table:Identifier}", { table });
  return {
    brokers,
    startWorker: (settings = {}) =>
      program("ingest/main.ts", {
        KAFKA_BROKERS: brokers,
        SAGA_EVENTS_TOPIC: topic,
        CLICKHOUSE_URL: clickhouse,
        LOG_LEVEL: "error",
        PORT: "0",
        ...settings,
      }),
    stored,
    async untilStored(rows) {
      const deadlineMs = performance.now() + giveUpAfterMs;
      for (let at = await stored(); at < rows; at = await stored()) {
        if (performance.now() > deadlineMs) throw new Error(`${at} of ${rows} rows after ${giveUpAfterMs / 1000} s`);
        await sleep(200);
      }
    },
    async storedSagas(ids) {
      const query = "SELECT DISTINCT saga_id AS id FROM saga_events WHERE saga_id IN {ids:Array(String)}";
      const answer = await client.query({ query, query_params: { ids }, format: "JSONEachRow" });
      return (await answer.json<{ id: string }>()).map(({ id }) => id);
    },
    async newestOffsets() {
      const query = `SELECT _partition AS partition, toUInt32(max(_offset)) AS newest FROM saga_events
        WHERE _topic = {topic:String} AND ingested_at > now64(3) - toIntervalSecond(60) GROUP BY partition`;
      const answer = await client.query({ query, query_params: { topic }, format: "JSONEachRow" });
      const rows = await answer.json<{ partition: number; newest: number }>();
      return new Map(rows.map(({ partition, newest }) => [partition, newest]));
    },
    close: () => client.close(),
  };
}
